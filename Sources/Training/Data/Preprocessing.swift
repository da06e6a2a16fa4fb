import Kernels

/// How inputs are scaled before they reach the model.
public enum Normalization: String, Sendable, CaseIterable {
    case none
    /// (x - mean) / deviation, for each entry of the last axis: a feature, or an image's channel.
    case standardize
    /// x / max│x│, one number for all.
    case scale
}

/// Normalisation fitted to the training split: what a model must apply to whatever it sees.
public struct Preprocessing: Sendable, Hashable {
    public let kind: Normalization
    /// Of the length of the last axis; (x - offset)·scale is what the model sees. Empty for `none`.
    public let offset: [Float]
    public let scale: [Float]

    public static let none = Preprocessing(kind: .none, offset: [], scale: [])

    init(kind: Normalization, offset: [Float], scale: [Float]) {
        self.kind = kind
        self.offset = offset
        self.scale = scale
    }

    /// Computes the constants in double precision, in two passes over the data. A feature that never changes keeps
    /// its size: its deviation counts as 1. So does one that changes by no more than the rounding of its sum.
    public init(fitting kind: Normalization, to tensor: StoredTensor) {
        let width = tensor.rowShape.last
        let perColumn = Double(tensor.rows * tensor.rowShape.count / width)
        switch kind {
        case .none: self = .none
        case .standardize:
            var mean = Array(repeating: 0.0, count: width)
            var column = 0
            func nextColumn() { column = column + 1 == width ? 0 : column + 1 }
            tensor.forEach { _, value in
                mean[column] += value
                nextColumn()
            }
            for index in mean.indices { mean[index] /= perColumn }
            var variance = Array(repeating: 0.0, count: width)
            column = 0
            tensor.forEach { _, value in
                variance[column] += (value - mean[column]) * (value - mean[column])
                nextColumn()
            }
            let scale = zip(mean, variance).map { mean, sum in
                let deviation = (sum / perColumn).squareRoot()
                return deviation > perColumn * abs(mean) * 0x1p-53 ? Float(1 / deviation) : 1
            }
            self.init(kind: kind, offset: mean.map { Float($0) }, scale: scale)
        case .scale:
            var largest = 0.0
            tensor.forEach { _, value in largest = max(largest, abs(value)) }
            self.init(kind: kind, offset: [0], scale: [largest > 0 ? Float(1 / largest) : 1])
        }
    }

    /// The constants repeated to the length of a row; nil for none.
    func rowConstants(_ shape: Shape) throws -> RowConstants? {
        kind == .none ? nil : try RowConstants(offset: offset, scale: scale, width: shape.count)
    }
}

/// Normalisation's constants for each element of a row, as the gathering loop reads them.
struct RowConstants: Sendable {
    private let memory: AlignedMemory
    private let width: Int

    init(offset: [Float], scale: [Float], width: Int) throws {
        self.width = width
        memory = try AlignedMemory(floats: 2 * width)
        for index in 0..<width {
            memory.floats[index] = offset[index % offset.count]
            memory.floats[width + index] = scale[index % scale.count]
        }
    }

    var offset: UnsafePointer<Float> { UnsafePointer(memory.floats) }
    var scale: UnsafePointer<Float> { UnsafePointer(memory.floats + width) }
}
