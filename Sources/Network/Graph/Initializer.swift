import Foundation
import Kernels

/// How a parameter is filled before training. With `in` and `out` for the fan-in and the fan-out:
///
/// | name | values |
/// |---|---|
/// | glorotUniform | uniform in ±√(6 / (in + out)); Glorot and Bengio, AISTATS 2010 |
/// | glorotNormal | normal, σ = √(2 / (in + out)) |
/// | heUniform | uniform in ±√(6 / in); He et al., ICCV 2015 |
/// | heNormal | normal, σ = √(2 / in) |
/// | lecunUniform | uniform in ±√(3 / in); LeCun et al., "Efficient BackProp", 1998 |
/// | lecunNormal | normal, σ = √(1 / in) |
///
/// The normal distributions are truncated at two standard deviations and then rescaled, so that the values have the
/// standard deviation σ, as in Keras.
///
/// For a parameter of shape (…, n, m) the fan-in is n and the fan-out m, each times the product of the dimensions
/// before them, such as the kernel size of a convolution. For a vector both are its length.
public enum Initializer: Hashable, Sendable {
    case glorotUniform
    case glorotNormal
    case heUniform
    case heNormal
    case lecunUniform
    case lecunNormal
    case zeros
    case ones
    case constant(Float)
    /// One value for each element, row-major. Another number of values is an error of the graph.
    case values([Float])
    /// A program's own; see `own(_:)`.
    case ownKind(AnyOwnInitializer)

    /// - Parameters:
    ///   - index: the parameter's place among the parameters: each has numbers of its own.
    package func fill(_ buffer: UnsafeMutableBufferPointer<Float>, shape: Shape, seed: UInt64, index: Int) {
        var random = Philox(seed: seed, stream: .initialisation, index: index)
        let receptive = shape.dimensions.dropLast(2).reduce(1, *)
        let fanIn = Double(receptive * (shape.rank > 1 ? shape[shape.rank - 2] : shape.last))
        let fanOut = Double(receptive * shape.last)
        switch self {
        case .glorotUniform: uniform(buffer, (6 / max(fanIn + fanOut, 1)).squareRoot(), &random)
        case .heUniform: uniform(buffer, (6 / max(fanIn, 1)).squareRoot(), &random)
        case .lecunUniform: uniform(buffer, (3 / max(fanIn, 1)).squareRoot(), &random)
        case .glorotNormal: normal(buffer, (2 / max(fanIn + fanOut, 1)).squareRoot(), &random)
        case .heNormal: normal(buffer, (2 / max(fanIn, 1)).squareRoot(), &random)
        case .lecunNormal: normal(buffer, (1 / max(fanIn, 1)).squareRoot(), &random)
        case .zeros: buffer.update(repeating: 0)
        case .ones: buffer.update(repeating: 1)
        case .constant(let value): buffer.update(repeating: value)
        case .values(let values):
            precondition(values.count == buffer.count, "a graph refuses values that are not one for each element")
            for (index, value) in values.enumerated() { buffer[index] = value }
        case .ownKind(let own): own.base.fill(buffer, shape: shape, random: &random)
        }
    }

    private func uniform(_ buffer: UnsafeMutableBufferPointer<Float>, _ limit: Double, _ random: inout Philox) {
        for index in buffer.indices { buffer[index] = Float(limit) * (2 * random.uniform() - 1) }
    }

    private func normal(_ buffer: UnsafeMutableBufferPointer<Float>, _ deviation: Double, _ random: inout Philox) {
        // The standard deviation of a unit normal that is cut at ±2.
        let widened = deviation / 0.879_625_661_034_239_8
        var index = 0
        while index < buffer.count {
            // Box and Muller's pair.
            let radius = (-2 * log(1 - Double(random.uniform()))).squareRoot()
            let angle = 2 * Double.pi * Double(random.uniform())
            for value in [radius * cos(angle), radius * sin(angle)] where abs(value) <= 2 && index < buffer.count {
                buffer[index] = Float(value * widened)
                index += 1
            }
        }
    }
}
