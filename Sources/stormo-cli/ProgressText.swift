import Foundation
import Runs

/// The lines that a training shows, each fitted to a width.
struct ProgressText: Sendable {
    let epochs: Int
    /// The names of the figures beside the loss.
    let figures: [String]
    let isUnicode: Bool

    /// Where the run stands.
    struct Moment {
        /// Counted from 1.
        var epoch: Int
        /// The share of the whole run that is done.
        var fraction: Double
        var loss: Double?
        var metric: Double?
        var samplesPerSecond: Double?
    }

    /// A piece of a line; those of a low rank come first where there is too little room.
    private struct Piece {
        var text: String
        var rank: Int
    }

    /// An epoch's figures: `epoch  3/40  loss 0.4321  accuracy 0.8712  …  112k samples/s  gradient 1.94`. Where there is little
    /// room the loss and the validation's figure stay the longest: `3/40  loss 0.4321  val_accuracy 0.8712`.
    /// - Parameter width: the columns of the terminal; nil for no limit.
    func line(_ record: EpochRecord, width: Int? = nil) -> String {
        func pieces(prefix: String, label: String) -> [Piece] {
            var pieces = [Piece(text: label, rank: 0)]
            func add(_ name: String, _ value: Double?, rank: Int) {
                if let value { pieces.append(Piece(text: "\(name) \(Figures.figure(value))", rank: rank)) }
            }
            add("loss", record.loss, rank: 1)
            for (index, metric) in figures.enumerated() {
                add(metric, record.metrics?[index], rank: index == 0 ? 4 : 6)
            }
            add(prefix + "loss", record.validationLoss, rank: 3)
            for (index, metric) in figures.enumerated() {
                add(prefix + metric, record.validationMetrics?[index], rank: index == 0 ? 2 : 5)
            }
            if record.samplesPerSecond > 0 {
                pieces.append(Piece(text: "\(Figures.short(record.samplesPerSecond)) samples/s", rank: 7))
            }
            pieces.append(Piece(text: "gradient \(Self.gradient(record.gradientNorm))", rank: 8))
            return pieces
        }
        let label = self.label(record.epoch)
        let whole = pieces(prefix: "validation_", label: label)
        guard let width else { return Self.joined(whole) }
        // The short names only where the long ones would cost a figure.
        if Self.joined(whole.filter { $0.rank < 7 }).count < width { return Self.fitted(whole, to: width) }
        var short = pieces(prefix: "val_", label: label)
        func showsValidation(_ pieces: [Piece]) -> Bool { pieces.contains { Self.validationRanks.contains($0.rank) } }
        if !showsValidation(short) || showsValidation(Self.kept(short, width: width)) {
            return Self.fitted(short, to: width)
        }
        // And then the number alone, and what there is room for of the name.
        short = pieces(prefix: "val_", label: String(label.drop { !$0.isNumber }))
            .filter { $0.rank < 2 || Self.validationRanks.contains($0.rank) }
        if showsValidation(Self.kept(short, width: width)) { return Self.fitted(short, to: width) }
        if short.contains(where: { $0.rank == 2 }) { short.removeAll { $0.rank == 3 } }
        guard let own = short.last, let value = own.text.split(separator: " ").last else { return "" }
        let room = width - 1 - Self.joined(short.dropLast()).count - 2 - value.count - 1
        short[short.count - 1].text =
            room < 3 ? String(value) : "\(RecipeTable.cut(String(own.text.dropLast(value.count + 1)), room)) \(value)"
        return Self.fitted(short, to: width)
    }

    /// Those of the validation's first metric, and of its loss.
    private static let validationRanks = 2...3

    /// The line that is drawn again and again, with the time that the whole run has left.
    /// - Parameters:
    ///   - elapsed: in seconds.
    ///   - since: the share that was done when this process began with it, and the seconds that had passed then.
    func bar(
        _ moment: Moment, elapsed: Double, since: (fraction: Double, elapsed: Double) = (0, 0), width: Int
    ) -> String {
        var pieces = [Piece(text: label(moment.epoch), rank: 0)]
        if let loss = moment.loss { pieces.append(Piece(text: "loss \(Figures.figure(loss))", rank: 3)) }
        if let metric = moment.metric, let name = figures.first {
            pieces.append(Piece(text: "\(name) \(Figures.figure(metric))", rank: 4))
        }
        if let rate = moment.samplesPerSecond {
            pieces.append(Piece(text: "\(Figures.short(rate)) samples/s", rank: 5))
        }
        if let left = Self.left(moment.fraction, elapsed: elapsed, since: since) {
            pieces.append(Piece(text: "\(Figures.time(seconds: left)) left", rank: 2))
        }
        let shortestBar = 10
        let longestBar = 30
        pieces.insert(Piece(text: String(repeating: " ", count: shortestBar), rank: 1), at: 1)
        let kept = Self.kept(pieces, width: width)
        guard kept.contains(where: { $0.rank == 1 }) else { return Self.fitted(kept, to: width) }
        let spare = max(0, width - 1 - Self.joined(kept).count)
        let cells = min(longestBar, shortestBar + spare)
        return Self.joined(
            kept.map { $0.rank == 1 ? Piece(text: drawn(moment.fraction, cells: cells), rank: 1) : $0 })
    }

    /// The seconds that the whole run has left; nil in the first moments, which say nothing about the rest.
    /// - Parameter since: as in `bar`.
    static func left(_ fraction: Double, elapsed: Double, since: (fraction: Double, elapsed: Double)) -> Double? {
        guard fraction > since.fraction, elapsed > 0.2 else { return nil }
        return (elapsed - since.elapsed) * (1 - fraction) / (fraction - since.fraction)
    }

    private func label(_ epoch: Int) -> String {
        let number = String(epoch)
        let total = String(epochs)
        return "epoch " + String(repeating: " ", count: max(0, total.count - number.count)) + number + "/" + total
    }

    private func drawn(_ fraction: Double, cells: Int) -> String {
        let share = min(max(fraction, 0), 1)
        guard isUnicode else {
            let full = Int(share * Double(cells - 2))
            return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: cells - 2 - full) + "]"
        }
        let full = Int(share * Double(cells))
        return String(repeating: "━", count: full) + String(repeating: "┄", count: cells - full)
    }

    private static func gradient(_ norm: Double) -> String {
        norm.isNaN
            ? "n/a"
            : norm != 0 && (norm < 0.01 || norm >= 10000) ? String(format: "%.1e", norm) : String(format: "%.2f", norm)
    }

    private static func joined(_ pieces: [Piece]) -> String { pieces.map(\.text).joined(separator: "  ") }

    /// The pieces that fit beside each other, taken by their ranks. The last column stays free: some terminals wrap
    /// there.
    private static func kept(_ pieces: [Piece], width: Int) -> [Piece] {
        var ranks: Set<Int> = [0]
        var isFull = false
        for rank in pieces.map(\.rank).sorted() {
            let longer = pieces.filter { ranks.contains($0.rank) || $0.rank == rank }
            if joined(longer).count >= width {
                isFull = true
            } else if rank <= 4 || !isFull {
                // A lesser piece does not take the place of a better one.
                ranks.insert(rank)
            }
        }
        return pieces.filter { ranks.contains($0.rank) }
    }

    private static func fitted(_ pieces: [Piece], to width: Int) -> String {
        String(joined(kept(pieces, width: width)).prefix(max(width - 1, 1)))
    }
}
