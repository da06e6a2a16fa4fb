/// What is to be seen in a line, as the sentence of a caption.
package enum Finding {
    package enum Direction: Sendable { case lowest, highest }

    /// `Lowest at epoch 7 (0.0812), 0.0913 at the end.`; nil of a line without a finite value.
    /// - Parameters:
    ///   - place: names a position: `epoch 7`.
    ///   - subject: whose it is, where a chart has several lines.
    package static func extreme(
        _ direction: Direction, _ series: Series, of subject: String? = nil, place: (Double) -> String
    ) -> String? {
        let finite = series.y.indices.filter { series.y[$0].isFinite }
        guard let last = finite.last,
            let best = finite.min(by: {
                direction == .lowest ? series.y[$0] < series.y[$1] : series.y[$0] > series.y[$1]
            })
        else { return nil }
        let word = direction == .lowest ? "lowest" : "highest"
        let name = subject.map { "\($0) \(word)" } ?? word.prefix(1).uppercased() + word.dropFirst()
        let (value, end) = (AxisText.value(series.y[best]), AxisText.value(series.y[last]))
        let sentence = "\(name) at \(place(series.x[best])) (\(value))"
        return sentence + (best == last ? "" : value == end ? ", as at the end" : ", \(end) at the end") + "."
    }
}
