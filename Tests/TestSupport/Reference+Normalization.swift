import Kernels

extension Reference {
    /// x normalised, all elements with the same group's number together: γ·x̂ + β.
    /// - Parameters:
    ///   - parameters: the place in γ and β for an element.
    package static func normalized(
        _ x: [Double], _ statistic: RowStatistic = .standard, groups: (Int) -> Int, parameters: (Int) -> Int,
        _ gamma: [Double]?, _ beta: [Double]?, epsilon: Double
    ) -> [Double] {
        var members: [Int: [Int]] = [:]
        for index in x.indices { members[groups(index), default: []].append(index) }
        var y = x
        for places in members.values {
            let values = places.map { x[$0] }
            let count = Double(values.count)
            let squares = values.reduce(0) { $0 + $1 * $1 }
            var (mean, divisor) = (0.0, 1.0)
            switch statistic {
            case .standard:
                mean = values.reduce(0, +) / count
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
                divisor = (variance + epsilon).squareRoot()
            case .rootMeanSquare: divisor = (squares / count + epsilon).squareRoot()
            case .length: divisor = max(squares, epsilon).squareRoot()
            }
            for place in places {
                y[place] = (x[place] - mean) / divisor * (gamma?[parameters(place)] ?? 1)
                    + (beta?[parameters(place)] ?? 0)
            }
        }
        return y
    }
}
