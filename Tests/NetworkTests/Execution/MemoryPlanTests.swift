import TestSupport
import Testing

@testable import Network

struct MemoryPlanTests {
    typealias Request = MemoryPlan.Request

    /// What holds of every plan: aligned, inside of the arena, and no two in use at one time share a byte.
    private func check(_ requests: [Request]) -> MemoryPlan {
        let plan = MemoryPlan(requests)
        for (i, a) in requests.enumerated() where a.bytes > 0 {
            #expect(plan.offsets[i] % 64 == 0)
            #expect(plan.offsets[i] >= 0 && plan.offsets[i] + a.bytes <= plan.byteCount)
            for (j, b) in requests.enumerated().dropFirst(i + 1) where b.bytes > 0 && a.span.overlaps(b.span) {
                #expect(
                    plan.offsets[i] + a.bytes <= plan.offsets[j] || plan.offsets[j] + b.bytes <= plan.offsets[i],
                    "\(a) at \(plan.offsets[i]) and \(b) at \(plan.offsets[j])")
            }
        }
        return plan
    }

    @Test(arguments: 0..<40)
    func randomRequests(_ seed: Int) {
        var random = SeededRandom(seed)
        let requests = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            let begin = Int.random(in: -1...30, using: &random)
            return Request(
                bytes: Int.random(in: 0...1000, using: &random),
                span: begin...begin + Int.random(in: 0...12, using: &random))
        }
        let plan = check(requests)
        #expect(plan.byteCount <= requests.reduce(0) { $0 + ($1.bytes + 63) / 64 * 64 })
        // No plan can do with less than what is in use at the fullest moment.
        let fullest = (-1...43).map { time in
            requests.filter { $0.span.contains(time) }.reduce(0) { $0 + ($1.bytes + 63) / 64 * 64 }
        }.max()
        #expect(plan.byteCount >= fullest ?? 0)
    }

    /// Beyond so many buffers the plan is another one, by time. It took 16 s for 10,000 layers on a busy machine, and now
    /// takes milliseconds.
    @Test(.timeLimit(.minutes(1)), arguments: [1, 7])
    func manyLayers(sizes: Int) {
        let layers = 10_000
        // A chain: a value lives until its layer's backward pass, a gradient for a step.
        var requests = (0..<layers).map { Request(bytes: 256 * (1 + $0 % sizes), span: $0...2 * layers - $0) }
        requests += (0..<layers).map {
            Request(bytes: 256 * (1 + $0 % sizes), span: 2 * layers - $0 - 1...2 * layers - $0)
        }
        let plan = MemoryPlan(requests)
        var fullest = 0
        for time in stride(from: 0, through: 2 * layers, by: 997) {
            let active = requests.indices.filter { requests[$0].span.contains(time) }.sorted {
                plan.offsets[$0] < plan.offsets[$1]
            }
            #expect(
                zip(active, active.dropFirst()).allSatisfy {
                    plan.offsets[$0] + requests[$0].bytes <= plan.offsets[$1]
                }, "at \(time)")
        }
        for time in layers - 3...layers + 3 {
            fullest = max(fullest, requests.reduce(0) { $0 + ($1.span.contains(time) ? $1.bytes : 0) })
        }
        #expect(zip(plan.offsets, requests).allSatisfy { $0 + $1.bytes <= plan.byteCount && $0 % 64 == 0 })
        #expect(plan.byteCount <= fullest + fullest / 100)
    }

    @Test(arguments: 0..<4)
    func manyRandomRequests(_ seed: Int) {
        var random = SeededRandom(seed)
        let requests = (0..<MemoryPlan.mostBySize + 100).map { _ in
            let begin = Int.random(in: 0...400, using: &random)
            return Request(
                bytes: Int.random(in: 0...1000, using: &random),
                span: begin...begin + Int.random(in: 0...12, using: &random))
        }
        let plan = MemoryPlan(requests)
        var fullest = 0
        for time in 0...412 {
            let active = requests.indices.filter { requests[$0].span.contains(time) && requests[$0].bytes > 0 }.sorted {
                plan.offsets[$0] < plan.offsets[$1]
            }
            #expect(
                zip(active, active.dropFirst()).allSatisfy {
                    plan.offsets[$0] + requests[$0].bytes <= plan.offsets[$1]
                }, "at \(time)")
            fullest = max(fullest, active.reduce(0) { $0 + (requests[$1].bytes + 63) / 64 * 64 })
        }
        #expect(plan.byteCount >= fullest && plan.byteCount <= fullest + fullest / 4)
    }

    @Test func thoseThatNeverMeetShare() {
        let plan = check([Request(bytes: 640, span: 0...1), Request(bytes: 640, span: 2...3)])
        #expect(plan.byteCount == 640)
        #expect(plan.offsets == [0, 0])
    }

    @Test func thoseThatTouchDoNot() {
        #expect(check([Request(bytes: 64, span: 0...1), Request(bytes: 64, span: 1...2)]).byteCount == 128)
    }

    @Test func aGapIsFilled() {
        let plan = check([
            Request(bytes: 640, span: 0...9), Request(bytes: 320, span: 0...4), Request(bytes: 192, span: 5...9),
            Request(bytes: 128, span: 5...9),
        ])
        #expect(plan.byteCount == 960)
    }

    @Test func nothing() {
        #expect(MemoryPlan([]).byteCount == 0)
        #expect(check([Request(bytes: 0, span: 0...1)]).byteCount == 0)
    }
}
