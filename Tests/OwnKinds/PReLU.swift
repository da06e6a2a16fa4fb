import Stormo

/// f(x) = x where x > 0, else α·x, with a learned α for each element of a sample: a parametric rectifier.
///
/// Shapes: x (…), α as x, y as x. In a config `{"type": "test_prelu", "alpha": 0.25}`; α begins as `alpha`. In Keras it is a
/// `PReLU`, which Stormo itself does not have: all that it takes stands in this file, made by public interfaces alone.
///
/// He et al., "Delving deep into rectifiers", ICCV 2015.
public struct PReLU: Layer {
    public static let name = "test_prelu"
    let alpha: Double

    public init(alpha: Double) { self.alpha = alpha }

    init(reading reader: ObjectReader) { alpha = reader.number("alpha", default: 0.25) }

    public var type: String { Self.name }
    public var hasParameters: Bool { true }
    public var configuration: [JSONNode.Member] { [.init(key: "alpha", value: JSONNode(alpha))] }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let (x, graph) = (inputs[0], inputs[0].graph)
        let slopes = graph.parameter(x.type.shape, .constant(Float(alpha)), name: "\(name)/alpha")
        return try graph.apply(Rectifier(), to: [x, slopes], name: name)
    }

    /// Keras's own start for α is 0; the file brings the values.
    public var keras: KerasLayer { KerasLayer("PReLU") }

    /// Makes the layer known to configs and model files: once, before they are read.
    public static let isRegistered = (try? LayerRegistry.kinds.register({ PReLU(reading: $0) }, as: name)) != nil

    /// Inputs: x and α, of one shape.
    private struct Rectifier: Operator {
        var name: String { PReLU.name }

        func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
            guard inputs[1] == .single(inputs[0].shape) else {
                throw GraphError("\(name): α has the shape \(inputs[1].shape), but the input \(inputs[0].shape)")
            }
            return inputs[0]
        }

        func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
            Arithmetic(samples: request.samples, count: request.output.shape.count)
        }
    }

    /// dx = dy where x > 0, else α·dy; dα = Σ dy·x over the samples whose x is not above 0.
    private final class Arithmetic: Kernel {
        private let (samples, count): (Int, Int)
        private var binding: KernelBinding?

        init(samples: Int, count: Int) { (self.samples, self.count) = (samples, count) }

        func bind(_ binding: KernelBinding) { self.binding = binding }

        func forward(_ pass: KernelPass) {
            guard let binding else { return }
            let (x, alpha, y) = (binding.src[0].floats, binding.src[1].floats, binding.dst.floats)
            for index in 0..<samples * count { y[index] = x[index] > 0 ? x[index] : alpha[index % count] * x[index] }
        }

        func backward(_ pass: KernelPass) {
            guard let binding, let dy = binding.diffDst else { return }
            let (x, alpha) = (binding.src[0].floats, binding.src[1].floats)
            if let dx = binding.diffSrc[0] {
                for index in 0..<samples * count {
                    dx[index] = x[index] > 0 ? dy[index] : alpha[index % count] * dy[index]
                }
            }
            guard let dAlpha = binding.diffSrc[1] else { return }
            for element in 0..<count {
                var sum: Float = 0
                for index in stride(from: element, to: samples * count, by: count) where x[index] <= 0 {
                    sum += dy[index] * x[index]
                }
                dAlpha[element] = sum
            }
        }
    }
}
