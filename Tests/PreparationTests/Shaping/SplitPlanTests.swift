import Testing

@testable import Preparation

struct SplitPlanTests {
    private let fractions: SplitFractions
    init() throws { fractions = try SplitFractions("train=0.7,validation=0.2,test=0.1") }

    private func counts(_ plan: SplitPlan) -> [Int] {
        (0..<3).map { part in plan.assignment.count { $0 == UInt8(part) } }
    }

    @Test func everyRowGoesSomewhere() {
        let plan = SplitPlan(rows: 1003, fractions, seed: 1)
        #expect(plan.assignment.count == 1003)
        #expect(plan.counts == [702, 201, 100])
        #expect(counts(plan) == plan.counts)
    }

    @Test func theSeedDecides() {
        let plan = SplitPlan(rows: 500, fractions, seed: 7)
        #expect(SplitPlan(rows: 500, fractions, seed: 7).assignment == plan.assignment)
        #expect(SplitPlan(rows: 500, fractions, seed: 8).assignment != plan.assignment)
        // Not by position: each tenth of the rows has some of the first split and not all of it.
        for tenth in 0..<10 {
            let train = plan.assignment[tenth * 50..<(tenth + 1) * 50].count { $0 == 0 }
            #expect((20...48).contains(train))
        }
    }

    @Test func classesKeepTheirShares() {
        // 400, 100 and 10 rows.
        let labels = (0..<510).map { $0 < 400 ? 3 : $0 < 500 ? -1 : 9 }
        let plan = SplitPlan(labels: labels, fractions, seed: 2)
        for (label, expected) in [(3, [280, 80, 40]), (-1, [70, 20, 10]), (9, [7, 2, 1])] {
            let found = (0..<3).map { part in
                labels.indices.count { labels[$0] == label && plan.assignment[$0] == UInt8(part) }
            }
            #expect(found == expected)
        }
        #expect(counts(plan) == plan.counts)
    }

    @Test func manySmallClassesAddUp() {
        let labels = (0..<300).map { $0 / 3 }
        let plan = SplitPlan(labels: labels, fractions, seed: 2)
        #expect(plan.counts == [210, 60, 30])
    }
}
