import Foundation
import Testing

@testable import Charts

/// Every chart at many widths. Tests/Pages/pages.py asks the same of a browser.
@Suite struct GalleryTests {
    @Test(arguments: Gallery.all.indices)
    func noTextMeetsAnotherOrLeavesTheChart(index: Int) {
        let chart = Gallery.all[index]
        for width in stride(from: 240.0, through: 1400, by: 83) {
            let canvas = chart.drawn(width: width)
            expectApart(canvas, "\(chart.title) at \(width)")
        }
    }

    @Test func noTextMeetsAnotherInAFileOfItsOwn() {
        expectApart(StandaloneSVG.drawn(Gallery.usual, width: 720), "usual")
        expectApart(StandaloneSVG.drawn(Gallery.hard, width: 400), "hard")
    }

    @Test(arguments: Gallery.all.indices)
    func allIsWellFormed(index: Int) {
        let chart = Gallery.all[index]
        expectWellFormed(StandaloneSVG.text([chart]))
        for text in [StandaloneSVG.text([chart]), ChartFigure.html(chart)] {
            #expect(!text.contains("<b>") && !text.contains("nan\"") && !text.contains("inf\""), "\(chart.title)")
        }
        let table = chart.table
        #expect(table.rows.allSatisfy { $0.count == table.columns.count }, "\(chart.title)")
        #expect(table.columns.allSatisfy { !$0.isEmpty }, "\(chart.title)")
        #expect(table.rows.count <= max(DataTable.most + 1, 0))
    }

    @Test func aLineHasAThousandPointsAtMost() throws {
        let chart = try #require(Gallery.hard.first { $0.title == "Ten thousand epochs" })
        for line in StandaloneSVG.text([chart], width: 5000).split(separator: "\n") where line.hasPrefix("<path") {
            #expect(line.count { $0 == "L" || $0 == "M" } <= 1000)
        }
    }

    /// The page that Tests/Pages/pages.py opens: written where `STORMO_GALLERY` names a folder.
    @Test func theGalleryIsSmall() throws {
        let (usual, hard) = (Gallery.page(Gallery.usual), Gallery.page(Gallery.hard))
        #expect(usual.utf8.count < 400_000 && hard.utf8.count < 3_000_000, "\(usual.utf8.count), \(hard.utf8.count)")
        guard let folder = ProcessInfo.processInfo.environment["STORMO_GALLERY"] else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in [
            ("usual.html", usual), ("hard.html", hard), ("usual.svg", StandaloneSVG.text(Gallery.usual)),
            ("hard.svg", StandaloneSVG.text(Gallery.hard)),
        ] {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
    }

    private func expectApart(_ canvas: Canvas, _ what: String) {
        let boxes = canvas.textBoxes
        for (index, box) in boxes.enumerated() {
            if box.left < 0 || box.top < 0 || box.right > canvas.width || box.bottom > canvas.height {
                Issue.record("\(what): \(box) leaves \(canvas.width) × \(canvas.height)")
            }
            if let other = boxes[..<index].first(where: box.intersects) {
                Issue.record("\(what): \(box) meets \(other)")
            }
        }
    }

    /// Tags are closed in turn, and no markup stands in texts or attributes.
    private func expectWellFormed(_ text: String) {
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else { break }
            let tag = rest[rest.index(after: start)..<end]
            #expect(!tag.contains("<") && tag.count { $0 == "\"" } % 2 == 0, "\(tag)")
            if tag.hasPrefix("/") {
                #expect(open.popLast() == tag.dropFirst())
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
            rest = rest[rest.index(after: end)...]
        }
        #expect(open.isEmpty)
    }
}
