import Foundation
import Kernels

/// Every operator straight from its formula, in double precision: slow, plain, and not derived from the kernels.
package enum Reference {
    package static func activation(_ function: Activation, _ x: Double) -> Double {
        switch function {
        case .linear: x
        case .relu: max(x, 0)
        case .leakyRelu(let alpha): x > 0 ? x : Double(alpha) * x
        case .elu(let alpha): x > 0 ? x : Double(alpha) * (exp(x) - 1)
        case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
        case .sigmoid: 1 / (1 + exp(-x))
        case .tanh: tanh(x)
        case .softplus: max(x, 0) + log1p(exp(-abs(x)))
        case .swish: x / (1 + exp(-x))
        case .softmax: .nan
        }
    }

    /// Row by row for softmax.
    package static func activation(_ function: Activation, _ x: [Double], width: Int) -> [Double] {
        guard function == .softmax else { return x.map { activation(function, $0) } }
        return stride(from: 0, to: x.count, by: width).flatMap { start in
            let row = x[start..<start + width]
            let largest = row.max() ?? 0
            let powers = row.map { exp($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }

    /// x (rows, inputs), weights (inputs, outputs), bias (outputs) or none.
    package static func dense(
        _ x: [Double], _ weights: [Double], bias: [Double]?, inputs: Int, outputs: Int
    ) -> [Double] {
        let rows = x.count / inputs
        var y = Array(repeating: 0.0, count: rows * outputs)
        x.withUnsafeBufferPointer { x in
            weights.withUnsafeBufferPointer { weights in
                for row in 0..<rows {
                    for o in 0..<outputs {
                        let products = dot(
                            x.baseAddress! + row * inputs, weights.baseAddress! + o, step: outputs, inputs)
                        y[row * outputs + o] = (bias?[o] ?? 0) + products
                    }
                }
            }
        }
        return y
    }

    /// Σᵢ a[i] b[i·step]. A bare loop, since without optimisation a range costs more than the product.
    static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, step: Int, _ count: Int) -> Double {
        var (sum, i) = (0.0, 0)
        while i < count {
            sum += a[i] * b[i * step]
            i += 1
        }
        return sum
    }

    /// a ∘ b, dimensions of 1 repeated; both shapes have as many dimensions.
    package static func binary(
        _ operation: BinaryKernel.Operation, _ a: [Double], _ aShape: [Int], _ b: [Double], _ bShape: [Int]
    ) -> [Double] {
        let shape = zip(aShape, bShape).map { $0 == 1 ? $1 : $0 }
        /// The element of an operand at a place of the result.
        func element(_ values: [Double], _ own: [Int], _ place: Int) -> Double {
            var (rest, index, step) = (place, 0, 1)
            for axis in shape.indices.reversed() {
                index += rest % shape[axis] % own[axis] * step
                rest /= shape[axis]
                step *= own[axis]
            }
            return values[index]
        }
        return (0..<shape.reduce(1, *)).map { place in
            let (a, b) = (element(a, aShape, place), element(b, bShape, place))
            return switch operation {
            case .add: a + b
            case .subtract: a - b
            case .multiply: a * b
            case .divide: a / b
            case .maximum: max(a, b)
            case .minimum: min(a, b)
            }
        }
    }

    package static func unary(_ function: UnaryKernel.Function, _ x: [Double]) -> [Double] {
        x.map { x in
            switch function {
            case .power(let exponent): pow(x, Double(exponent))
            case .exponential: exp(x)
            case .logarithm: log(x)
            case .magnitude: abs(x)
            }
        }
    }

    /// The sum of each row.
    package static func sum(_ x: [Double], width: Int) -> [Double] {
        stride(from: 0, to: x.count, by: width).map { x[$0..<$0 + width].reduce(0, +) }
    }

    /// Tensors of the given shapes, samples included, side by side along an axis: element by element from its indices.
    package static func concatenate(_ parts: [[Double]], shapes: [[Int]], axis: Int) -> [Double] {
        var shape = shapes[0]
        shape[axis] = shapes.reduce(0) { $0 + $1[axis] }
        return (0..<shape.reduce(1, *)).map { place in
            var indices = indices(of: place, in: shape)
            var part = 0
            while indices[axis] >= shapes[part][axis] {
                indices[axis] -= shapes[part][axis]
                part += 1
            }
            return parts[part][zip(indices, shapes[part]).reduce(0) { $0 * $1.1 + $1.0 }]
        }
    }

    private static func indices(of place: Int, in shape: [Int]) -> [Int] {
        var rest = place
        return shape.reversed().map { extent in
            defer { rest /= extent }
            return rest % extent
        }.reversed()
    }
}
