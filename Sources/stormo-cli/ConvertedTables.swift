import Batches
import Preparation
import Runs

/// A config's tables, converted with a bar on a terminal.
struct ConvertedTables {
    let tables: PreparedTables

    /// - Parameters:
    ///   - cache: where a run keeps them; nil where they are wanted for this command alone.
    ///   - resumes: whether they may lie there already.
    ///   - record: what the data were of the run that is gone on with.
    init(
        _ data: DataConfiguration, cache: String? = nil, resumes: Bool = false, begunWith record: DataRecord? = nil
    ) throws {
        let display = RateDisplay("converting")
        defer { display.finish() }
        tables = try PreparedTables(data, cache: cache, resumes: resumes, begunWith: record) { _, progress in
            display.update(progress)
        }
    }

    /// Says what was done with the tables of a run.
    static func print(_ tables: PreparedTables, in directory: String) {
        for step in tables.steps {
            let place = "\(RunDirectory.cachePath(of: directory))/\(step.name)"
            if let damage = step.damage { Console.error("stormo: \(damage): \(step.table) is converted again") }
            Console.print(
                step.report == nil
                    ? "\(step.table) is unchanged: its \(Figures.count(step.rows, "row")) are read from \(place)"
                    : "\(step.table): \(Figures.count(step.rows, "row")), converted to \(place)", style: .dim)
            // Images that are not there to be trained on.
            for note in step.report?.notes ?? [] where step.report?.images != nil && note.contains("left out") {
                Console.print("note: \(note)")
            }
        }
    }
}
