import Foundation
import Reports
import Runs

/// Lays a run's dashboard out in lines of text: progress, curves, figures, the workers' time, warnings. What has no room in a
/// small terminal is left out, the least important first.
struct Dashboard {
    let state: DashboardState
    let isUnicode: Bool

    private typealias Lines = [StyledLine]

    /// - Returns: as many lines as the terminal has rows at most, none longer than its width.
    func lines(width: Int, height: Int) -> [StyledLine] {
        let head = header(width)
        let isAiry = height >= 20
        let blank = isAiry ? 1 : 0
        let notice = state.notice.map { [StyledLine($0, .bold)] } ?? []
        let warnings = warnings(width, most: height < 16 ? 1 : height < 30 ? 3 : height / 6)
        var rest = height - head.count - notice.count
        if !warnings.isEmpty { rest -= warnings.count + blank }
        // At least the smallest chart has room beside the figures.
        let least = (height < 12 ? CharacterChart.least - 1 : CharacterChart.least) + blank
        let mostRows = max(rest - least - blank, 2)
        var below: Lines = []
        let beside = width >= Self.wide
        let phaseWidth = max(Self.phaseWidth, min(width / 3, 60))
        let table = figures(beside ? width - phaseWidth - 2 : width, rows: beside || !isAiry ? mostRows : mostRows / 2)
        let phases = phases(beside ? phaseWidth : min(width, Self.wide))
        if beside {
            let rows = min(max(table.count, phases.count), mostRows)
            for row in 0..<rows {
                let left = row < table.count ? table[row] : StyledLine()
                let right = row < phases.count ? phases[row] : StyledLine()
                below.append(right.count == 0 ? left : left.padded(to: width - phaseWidth) + right)
            }
        } else {
            below = table
            if !phases.isEmpty, rest - least - below.count - phases.count - blank >= blank {
                below += (isAiry ? [StyledLine()] : []) + phases
            }
        }
        rest -= below.count + blank
        let curves = charts(width, rest - blank)
        var lines = head
        for section in [curves, below, warnings] where !section.isEmpty {
            lines += (isAiry ? [StyledLine()] : []) + section
        }
        return (lines.prefix(max(height - notice.count, 0)) + notice).map { $0.cut(to: width, isUnicode: isUnicode) }
    }

    /// From here on figures and times stand beside each other.
    private static let wide = 72
    private static let phaseWidth = 30

    // MARK: - Header

    private func header(_ width: Int) -> Lines {
        let name = StyledLine(state.name, .bold)
        let progress = progress(width >= 60 ? width - min(state.name.count, width / 3) - 2 : width)
        let facts = StyledLine(facts(width), .dim)
        if width < 60 { return [name.cut(to: width, isUnicode: isUnicode), progress, facts] }
        return [name.cut(to: width / 3, isUnicode: isUnicode) + StyledLine("  ") + progress, facts]
    }

    /// `epoch 12/40  ━━━━━┄┄┄┄  30%  0:34 left`, filling the width.
    private func progress(_ width: Int) -> StyledLine {
        let start = "epoch \(state.epoch)/\(state.epochs)  "
        let share = min(max(state.fraction, 0), 1)
        let percent = String(format: "%3d%%", Int((share * 100).rounded(.down)))
        let end = " \(percent)" + (state.left.map { "  \(Figures.time(seconds: $0)) left" } ?? "")
        let room = width - start.count - end.count
        guard room >= 4 else { return StyledLine(String(start.dropLast(2)) + end) }
        return StyledLine(start) + Self.bar(share, cells: min(room, 100), isUnicode: isUnicode) + StyledLine(end)
    }

    /// A full and an empty part.
    static func bar(_ share: Double, cells: Int, isUnicode: Bool) -> StyledLine {
        let full = min(Int((share * Double(cells)).rounded()), cells)
        return StyledLine(String(repeating: isUnicode ? "━" : "#", count: full), .cyan)
            + StyledLine(String(repeating: isUnicode ? "┄" : ".", count: cells - full), .dim)
    }

    /// What there is room for, the most important first.
    private func facts(_ width: Int) -> String {
        var facts: [String] = []
        if let loss = state.loss { facts.append("loss \(Figures.figure(loss))") }
        if let last = state.history.last { facts.append("learning rate \(CharacterChart.number(last.learningRate))") }
        if let pace = state.samplesPerSecond, pace > 0 { facts.append("\(Figures.short(pace)) samples/s") }
        if let metric = state.metric, let name = state.figures.first {
            facts.append("\(name) \(Figures.figure(metric))")
        }
        if let last = state.history.last, last.gradientNorm.isFinite {
            facts.append("gradient \(CharacterChart.number(last.gradientNorm))")
        }
        facts.append("\(Figures.time(seconds: state.elapsed)) so far")
        var line = ""
        for fact in facts where line.count + fact.count + 2 <= width { line += (line.isEmpty ? "" : "  ") + fact }
        return line
    }

    // MARK: - Curves

    /// One or several beside or above each other.
    private func charts(_ width: Int, _ height: Int) -> Lines {
        guard height >= 3 else { return [] }
        let names = Array((["loss"] + state.figures).prefix(max(1, min(3, width / 40))))
        if names.count > 1 {
            let own = (width - 2 * (names.count - 1)) / names.count
            let charts = names.map { chart($0).drawn(width: own, height: height) }
            return (0..<height).map { row in
                var line = StyledLine()
                for (index, chart) in charts.enumerated() {
                    if index > 0 { line = line.padded(to: index * (own + 2)) }
                    line += chart[row]
                }
                return line
            }
        }
        guard let second = state.figures.first, height >= 2 * (CharacterChart.least + 2) + 1 else {
            return chart("loss").drawn(width: width, height: height)
        }
        let upper = (height - 1) / 2
        return chart("loss").drawn(width: width, height: upper) + [StyledLine()]
            + chart(second).drawn(width: width, height: height - 1 - upper)
    }

    private func chart(_ name: String) -> CharacterChart {
        let title = name.replacing("_", with: " ")
        if name == "loss", state.history.isEmpty, state.beginning.count > 1 {
            return CharacterChart(
                title: "loss in the first epoch",
                lines: [
                    .init(name: "train", x: state.beginning.map { $0.share * 100 }, y: state.beginning.map(\.loss))
                ], unit: "% of the epoch", isUnicode: isUnicode)
        }
        let epochs = state.history.map { Double($0.epoch) }
        var lines = [CharacterChart.Line(name: "train", x: epochs, y: state.values(name, ofValidation: false))]
        if state.hasValidation {
            lines.append(.init(name: "validation", x: epochs, y: state.values(name, ofValidation: true)))
        }
        return CharacterChart(title: title, lines: lines, isUnicode: isUnicode)
    }

    // MARK: - Figures

    /// The newest and the best value of each figure.
    private func figures(_ width: Int, rows: Int) -> Lines {
        guard !state.history.isEmpty else { return [StyledLine("figures come with the first epoch", .dim)] }
        let all = ["loss"] + state.figures
        let room = max(rows - 1, 1)
        // That there are more is told where it costs few of them.
        let tells = room > 3
        let shown = all.count > room ? Array(all.prefix(tells ? room - 1 : room)) : all
        for detail in Detail.allCases {
            var table = TextTable(
                [("newest", .left), ("train", .right)] + (state.hasValidation ? [("validation", .right)] : [])
                    + [("best", .left)])
            for name in shown { table.append(cells(name, detail)) }
            let lines = table.lines
            if (lines.map(\.count).max() ?? 0) <= width || detail == Detail.allCases.last {
                let more = all.count - shown.count
                return [StyledLine(lines[0], .dim)] + lines.dropFirst().map { StyledLine($0) }
                    + (more > 0 && tells ? [StyledLine("and \(Figures.count(more, "more figure"))", .dim)] : [])
            }
        }
        return []
    }

    /// How much is told, the most first.
    private enum Detail: CaseIterable { case epoch, value, newest }

    private func cells(_ name: String, _ detail: Detail) -> [String] {
        let (train, validation) = (
            state.values(name, ofValidation: false).last, state.values(name, ofValidation: true).last
        )
        var best = ""
        if detail != .newest, let own = state.best(name) {
            best = Figures.figure(own.value) + (detail == .epoch ? " (epoch \(Figures.count(own.epoch)))" : "")
        }
        return [name] + ([train] + (state.hasValidation ? [validation] : [])).map { $0.map(Figures.figure) ?? "" }
            + [best]
    }

    // MARK: - Time

    /// A bar for each phase: its share of all workers' time, and where they differ from which to which.
    private func phases(_ width: Int) -> Lines {
        let workers = state.phases.map(\.seconds.count).max() ?? 0
        let totals = (0..<workers).map { worker in
            state.phases.reduce(0) { $0 + (worker < $1.seconds.count ? $1.seconds[worker] : 0) }
        }
        let total = totals.reduce(0, +)
        guard total > 0 else { return [] }
        let name = state.phases.map(\.name.count).max() ?? 0
        let rows = state.phases.map { phase in
            let share = phase.seconds.reduce(0, +) / total
            let own = zip(phase.seconds, totals).map { $1 > 0 ? Int(($0 / $1 * 100).rounded()) : 0 }
            let (low, high) = (own.min() ?? 0, own.max() ?? 0)
            let mean = Int((share * 100).rounded())
            return (phase.name, share, String(format: "%3d%%", mean) + (low == high ? "" : " (\(low)-\(high))"))
        }
        let text = rows.map(\.2.count).max() ?? 0
        let cells = max(width - name - text - 2, 4)
        return [StyledLine(workers == 1 ? "time of the worker" : "time of \(Figures.count(workers)) workers", .dim)]
            + rows.map { row in
                StyledLine(row.0.padding(toLength: name + 1, withPad: " ", startingAt: 0))
                    + Self.bar(row.1, cells: cells, isUnicode: isUnicode) + StyledLine(" " + row.2)
            }
    }

    // MARK: - Warnings

    /// The newest last; each whole as long as it has room.
    private func warnings(_ width: Int, most: Int) -> Lines {
        var lines: Lines = []
        for warning in state.warnings.reversed() where lines.count < most {
            let place = [
                warning.count > 1 ? "\(Figures.count(warning.count)) times" : nil,
                warning.epoch.flatMap { $0 > 0 ? "epoch \($0)" : nil },
            ].compactMap { $0 }
            let text = "! " + warning.sentence + (place.isEmpty ? "" : " (\(place.joined(separator: ", ")))")
            var own = TextTable.wrapped(Console.printable(text), within: width - 2)
            let room = most - lines.count
            if own.count > room { own = Array(own.prefix(room - 1)) + [own[(room - 1)...].joined(separator: " ")] }
            lines = own.enumerated().map { StyledLine(($0.offset > 0 ? "  " : "") + $0.element, .yellow) } + lines
        }
        return lines
    }
}

extension DashboardState {
    var hasValidation: Bool { history.contains { $0.validationLoss != nil } }

    /// A figure of each epoch; NaN where it is not defined.
    func values(_ name: String, ofValidation: Bool) -> [Double] {
        let index = figures.firstIndex(of: name)
        return history.map { record in
            if name == "loss" { return (ofValidation ? record.validationLoss : record.loss) ?? .nan }
            let metrics = ofValidation ? record.validationMetrics : record.metrics
            return index.flatMap { index in metrics.flatMap { index < $0.count ? $0[index] : nil } } ?? .nan
        }
    }

    /// The best epoch of a figure, in validation where there is one.
    func best(_ name: String) -> (value: Double, epoch: Int)? {
        guard let direction = FigureDirection.of(name) else { return nil }
        let finite = zip(values(name, ofValidation: hasValidation), history).filter { $0.0.isFinite }
        let best = direction == .lowest ? finite.min { $0.0 < $1.0 } : finite.max { $0.0 < $1.0 }
        return best.map { ($0.0, $0.1.epoch) }
    }
}
