/// Several lines as their mean and a band.
package enum SeriesGroup {
    /// The mean of lines over the positions that all of them have, with a band of one standard deviation to either side (of
    /// the sample, n − 1). Where a line has no finite value, neither has the mean.
    /// - Parameters:
    ///   - keys: for each line what its points are matched by, such as epochs; ascending.
    ///   - lines: two at least; the mean of their positions is the mean's position.
    package static func mean(_ name: String, keys: [[Double]], of lines: [Series]) -> Series {
        var shared = Set(keys.first ?? [])
        for own in keys.dropFirst() { shared.formIntersection(own) }
        let places = keys.map { own in own.indices.filter { shared.contains(own[$0]) } }
        let count = Double(lines.count)
        var (x, y, lower, upper): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for position in 0..<(places.map(\.count).min() ?? 0) {
            let xs = zip(lines, places).map { $0.x[$1[position]] }
            let ys = zip(lines, places).map { $0.y[$1[position]] }
            let mean = ys.reduce(0) { $0 + $1 / count }
            let squares = ys.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = count > 1 ? (squares / (count - 1)).squareRoot() : 0
            x.append(xs.reduce(0) { $0 + $1 / count })
            y.append(mean)
            lower.append(mean - deviation)
            upper.append(mean + deviation)
        }
        return Series(name, x: x, y: y, band: (lower, upper))
    }
}
