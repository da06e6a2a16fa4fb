import Foundation
import Stormo

/// `test_log_cosh`: scale · mean log cosh(p - t). Defined by public interfaces alone, as a program's own would be.
public struct LogCosh: Loss {
    public static let name = "test_log_cosh"
    public let scale: Float

    public init(reading reader: ObjectReader) { scale = Float(reader.number("scale", .positive, default: 1)) }

    public var configuration: [JSONNode.Member] { [.init(key: "scale", value: JSONNode(Double(scale)))] }
    public func targetForm(for prediction: Shape) -> TargetForm { .values(outputs: prediction.last) }
    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        LogCoshKernel(samples: request.samples, count: request.rows * request.width, scale: scale)
    }

    /// Registers it once for all tests.
    public static let isRegistered = (try? LossRegistry.kinds.register(Self.self, as: name)) != nil
}

private final class LogCoshKernel: Kernel {
    private let samples: Int
    private let count: Int
    private let scale: Float
    private var binding: KernelBinding?

    init(samples: Int, count: Int, scale: Float) {
        (self.samples, self.count, self.scale) = (samples, count, scale)
    }

    func bind(_ binding: KernelBinding) { self.binding = binding }

    func forward(_ pass: KernelPass) {
        guard let binding else { return }
        for sample in 0..<samples {
            let elements = sample * count..<(sample + 1) * count
            let sum = elements.reduce(0.0) {
                $0 + log(cosh(Double(binding.src[0].floats[$1] - binding.src[1].floats[$1])))
            }
            binding.dst.floats[sample] = scale * Float(sum / Double(count))
        }
    }

    func backward(_ pass: KernelPass) {
        guard let binding, let gradient = binding.diffSrc[0], let upstream = binding.diffDst else {
            return
        }
        for index in 0..<samples * count {
            gradient[index] =
                upstream[index / count] * scale / Float(count)
                * tanh(binding.src[0].floats[index] - binding.src[1].floats[index])
        }
    }
}
