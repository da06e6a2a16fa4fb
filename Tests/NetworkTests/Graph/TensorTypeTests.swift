import Network
import Testing

struct TensorTypeTests {
    @Test func figures() {
        let batched = TensorType.batched([8, 3])
        #expect(batched.count(samples: 5) == 120)
        #expect(batched.rows(samples: 5) == 40)
        #expect("\(batched)" == "batch×8×3")
        #expect("\(TensorType.batched(.scalar))" == "batch")
        let single = TensorType.single([8, 3])
        #expect(single.count(samples: 5) == 24)
        #expect(single.rows(samples: 5) == 8)
        #expect("\(single)" == "8×3")
        #expect("\(TensorType.single(.scalar))" == "scalar")
        #expect(TensorType.batched([0]).rows(samples: 5) == 0)
    }
}
