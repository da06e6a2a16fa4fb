/// Runs of one experiment together: those that differ only in their seed.
enum SeedGroups {
    /// Elements with equal settings together, in the order in which the first of each came. One without settings is alone.
    static func grouped<Run, Settings: Hashable>(_ runs: [Run], by settings: (Run) -> Settings?) -> [[Run]] {
        var places: [Settings: Int] = [:]
        var groups: [[Run]] = []
        for run in runs {
            guard let own = settings(run) else {
                groups.append([run])
                continue
            }
            if let place = places[own] {
                groups[place].append(run)
            } else {
                places[own] = groups.count
                groups.append([run])
            }
        }
        return groups
    }

    /// A run with the seed of another of its group is the same once more: of these the one that went furthest is kept, in
    /// the place of the first.
    static func withoutRepeats<Run, Seed: Hashable>(
        _ group: [Run], seed: (Run) -> Seed, epochs: (Run) -> Int
    ) -> (kept: [Run], repeated: [Run]) {
        var (kept, repeated): ([Run], [Run]) = ([], [])
        for run in group {
            guard let same = kept.firstIndex(where: { seed($0) == seed(run) }) else {
                kept.append(run)
                continue
            }
            let goesFurther = epochs(run) > epochs(kept[same])
            repeated.append(goesFurther ? kept[same] : run)
            if goesFurther { kept[same] = run }
        }
        return (kept, repeated)
    }
}
