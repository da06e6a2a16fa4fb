import Foundation
import Metrics
import RunSupport
import Testing

@testable import Reports
@testable import Runs

/// The sections about answers, of small runs that were trained.
@Suite struct AnswerSectionsTests {
    private func sections(_ page: String) -> [String] {
        page.matches(of: /<section id="([a-z-]+)">/).map { String($0.1) }
    }

    @Test func aRunOfClassesHasThemAll() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", ["metrics=[\"accuracy\", \"roc_auc\"]"])
        let source = try ReportSource(run: fixture.path("run"))
        let page = Report.html(source)
        let own = ["network", "figures", "confusion", "classes", "thresholds", "calibration", "mistakes"]
        #expect(sections(page).filter(own.contains) == own)
        #expect(page.contains("11 rows of the test split of ") && page.contains("; the model was not trained on them."))
        #expect(page.contains("4 layers with ") && page.contains("<strong>Figures of the test split</strong>"))
        #expect(!page.contains("Not shown"), "\(page.matches(of: /Not shown[^<]*/).map { $0.0 })")

        // What the curves say is what metrics.json says.
        let answers = try #require(try source.answers)
        let scores = try #require(OutputScores(answers.outputs[0], of: answers))
        let area = (scores.curve(of: 0).rocArea + scores.curve(of: 1).rocArea) / 2
        let figure = try #require(source.figures?.test.first { $0.name == "roc_auc" })
        #expect(abs(area - figure.value) < 1e-12)
        let mistakes = page.matches(of: /alt="row \d+: \d, but \d"/).count
        #expect(mistakes == answers.evaluation.confusions[0].map { $0.total - $0.correct })
        #expect(mistakes > 0 && page.contains("<strong>Confusion matrix</strong>"))

        // Rows of the data are left out where they are not to be shown; counts of them are not.
        let closed = Report.html(try ReportSource(run: fixture.path("run"), showsRows: false))
        #expect(!sections(closed).contains("mistakes") && sections(closed).contains("confusion"))
        #expect(!closed.contains("data:image/png"))
    }

    @Test func severalOutputsHaveEachTheirOwn() throws {
        let fixture = try RunFixture.several()
        _ = try fixture.begin("run")
        let source = try ReportSource(run: fixture.path("run"))
        let answers = try #require(try source.answers)
        let page = Report.html(source)
        #expect(!page.contains("Not shown"), "\(page.matches(of: /Not shown[^<]*/).map { $0.0 })")
        for output in answers.outputs {
            let name = try #require(output.name)
            let title = output.output.targetForm.isOfValues ? "Predicted and true" : "ROC curve"
            #expect(page.contains("<strong>\(title), \(name)"), "\(name)")
        }
    }
}
