import Configuration
import Kernels

/// A normalisation with its constants. The model's inputs were scaled by them in training, and must be from then on.
public struct Preprocessing: Sendable, Hashable {
    public let kind: Normalization.Kind
    public let scope: Normalization.Scope
    /// The model's input is (x - offset)·scale. There is one constant for all values, one for each index of the last
    /// axis, or one for each value of a row, as `scope` says; none for the kind `none`.
    public let offset: [Double]
    public let scale: [Double]

    public static let none = Preprocessing(kind: .none, offset: [], scale: [])

    /// - Parameter scope: the kind's usual one unless given.
    package init(kind: Normalization.Kind, scope: Normalization.Scope? = nil, offset: [Double], scale: [Double]) {
        self.kind = kind
        self.scope = scope ?? kind.usualScope
        self.offset = offset
        self.scale = scale
    }

    /// Computes the constants from the first input of a dataset, in one pass over its rows.
    ///
    /// The pass runs on all available CPUs. The result is the same to the bit for any number of them, and for rows in
    /// memory or in files.
    ///
    /// A constant feature has no range to divide by, so its scale is 1: `standardize` and `min_max` make it 0.
    /// - Throws: `DataError` for given constants that don't fit the rows, for values whose constants don't fit into
    ///   32-bit floats, and for rows in files that hold NaN or infinite values; `HDF5Error` where rows can't be read.
    public init(fitting normalization: Normalization, to data: Dataset) throws {
        try self.init(fitting: normalization, to: data, data.fields[0])
    }

    /// - Parameters:
    ///   - input: which of the data's inputs.
    ///   - key: where a config says it.
    package init(
        fitting normalization: Normalization, to data: Dataset, _ input: DataField, key: String = "data.normalize"
    ) throws {
        let (kind, scope) = (normalization.kind, normalization.scope)
        let (field, place) = (input.field, data.place(of: input))
        let width = scope.width(field.featureShape)
        switch kind {
        case .none: self = .none
        case .constants: self = try Self.constants(normalization, field.featureShape, place, key)
        case .standardize:
            let moments = try data.moments(of: field, width: width)
            // No number is further from the mean than √n deviations.
            let farthest = moments.deviation.map {
                $0 * Double(data.count * field.featureShape.count / width).squareRoot()
            }
            guard farthest.allSatisfy({ $0 < 1e38 }) else { throw Self.tooLarge(place) }
            self.init(
                kind: kind, scope: scope, offset: moments.mean, scale: moments.deviation.map(Self.inverse))
        case .minMax:
            let range = try data.range(of: field, width: width)
            let scale = zip(range.least, range.greatest).map { Self.inverse(of: $1 - $0) }
            self.init(kind: kind, scope: scope, offset: range.least, scale: scale)
        case .scale:
            let range = try data.range(of: field, width: width)
            let scale = zip(range.least, range.greatest).map { Self.inverse(of: max(-$0, $1)) }
            self.init(kind: kind, scope: scope, offset: scale.map { _ in 0 }, scale: scale)
        }
        guard offset.allSatisfy({ Float($0).isFinite }), scale.allSatisfy({ Float($0).isNormal }) else {
            throw Self.tooLarge(place)
        }
    }

    /// What normalisation comes to for each of a model's inputs, and whether it is computed from these rows.
    /// - Parameter names: of the model's inputs.
    /// - Throws: `DataError`, `HDF5Error` for data to which it can't be fitted.
    package static func all(
        _ normalizations: ByName<Normalization>, fittedTo data: Dataset, of names: [String]
    ) throws -> (values: [Preprocessing], isFitted: [Bool]) {
        try fitted(normalizations, to: data, .input, of: names, key: "data.normalize")
    }

    /// What normalisation comes to for each input or target of these names, and whether it is computed from these rows.
    /// - Parameter key: where a config says it.
    static func fitted(
        _ normalizations: ByName<Normalization>, to data: Dataset, _ role: DataField.Role, of names: [String],
        key: String
    ) throws -> (values: [Preprocessing], isFitted: [Bool]) {
        let own: [Normalization]
        do {
            own = try normalizations.values(of: names, role.owner).map { $0 ?? .none }
        } catch { throw DataError("\(key) \(error)") }
        let values = try zip(data.places(role, of: names), zip(names, own)).map { place, named in
            try Preprocessing(
                fitting: named.1, to: data, data.fields[place],
                key: normalizations.only == nil ? "\(key).\(named.0)" : key)
        }
        return (values, own.map(\.isFitted))
    }

    private static func tooLarge(_ place: String) -> DataError {
        DataError(
            "\(place) holds numbers so large that floats can't hold what normalises them; "
                + "bring them into a smaller unit")
    }

    /// 1 / size; 1 where there is no size, or one so small that the inverse is too large for a float.
    private static func inverse(of size: Double) -> Double {
        let inverse = 1 / size
        return size == 0 || inverse > Double(Float.greatestFiniteMagnitude) ? 1 : inverse
    }

    /// The given constants, both repeated to the length that the longer one has.
    private static func constants(
        _ normalization: Normalization, _ shape: Shape, _ input: String, _ path: String
    ) throws -> Preprocessing {
        func check(_ values: [Double], _ key: String, _ what: String, _ isGood: (Double) -> Bool) throws {
            guard [1, shape.last, shape.count].contains(values.count) else {
                var lengths = ["1 for all"]
                if shape.last > 1 { lengths.append("\(shape.last), one for each entry of the last axis") }
                if shape.count > shape.last { lengths.append("\(shape.count), one for each number of a row") }
                throw DataError(
                    "\(path).\(key) has \(values.count) numbers, but \(input) has rows of \(shape); "
                        + "give \(lengths.joined(separator: ", or "))")
            }
            guard let place = values.firstIndex(where: { !isGood($0) }) else { return }
            let element = values.count == 1 ? "\(path).\(key)" : "\(path).\(key)[\(place)]"
            throw DataError("\(element) is \(values[place]), but must be \(what)")
        }
        let (offset, scale) = (normalization.offset, normalization.scale)
        try check(offset, "offset", "a finite number that a float can hold") { Float($0).isFinite }
        try check(scale, "scale", "a finite number other than 0 that a float can hold") { Float($0).isNormal }
        let length = max(offset.count, scale.count)
        let scope: Normalization.Scope = length == 1 ? .all : length == shape.last ? .channel : .feature
        func repeated(_ values: [Double]) -> [Double] { (0..<length).map { values[$0 % values.count] } }
        return Preprocessing(kind: .constants, scope: scope, offset: repeated(offset), scale: repeated(scale))
    }

    /// Whether the constants are as many as rows of this shape need, and numbers.
    package func fits(_ shape: Shape) -> Bool {
        let length = kind == .none ? 0 : scope.width(shape)
        return offset.count == length && scale.count == length
            && (offset + scale).allSatisfy { Float($0).isFinite }
    }

    /// What a stored 0 becomes, for each entry of the last axis or for all; empty for `none`. Where it differs from
    /// place to place, the mean.
    package func black(_ shape: Shape) -> [Float] {
        let black = zip(offset, scale).map { -$0 * $1 }
        guard scope == .feature else { return black.map { Float($0) } }
        let width = shape.last
        return (0..<width).map { channel in
            let own = stride(from: channel, to: black.count, by: width).map { black[$0] }
            return Float(own.reduce(0, +) / Double(own.count))
        }
    }

    /// The constants repeated to the length of a row; nil for none.
    package func rowConstants(_ shape: Shape) throws -> RowConstants? {
        kind == .none ? nil : try RowConstants(offset: offset, scale: scale, width: shape.count)
    }
}

extension Preprocessing: CustomStringConvertible {
    /// `none`, `standardize, by the mean and deviation of 30 features`, `scale, by 0.0625`.
    public var description: String {
        let count = offset.count == 1 ? "all numbers" : "\(offset.count) features"
        switch kind {
        case .none: return "none"
        case .standardize: return "standardize, by the mean and deviation of \(count)"
        case .minMax: return "min_max, by the range of \(count)"
        case .scale: return scale.count == 1 ? "scale, by \(scale[0])" : "scale, by the largest magnitude of \(count)"
        case .constants:
            return offset.count == 1
                ? "constants, (x - \(offset[0]))·\(scale[0])" : "constants, given for \(count)"
        }
    }
}

extension Normalization.Scope {
    /// How many numbers of a row have constants of their own; the constant of a number is that of its place modulo
    /// this.
    func width(_ shape: Shape) -> Int {
        switch self {
        case .channel: shape.last
        case .feature: shape.count
        case .all: 1
        }
    }
}

/// Normalisation's constants for each element of a row, as the gathering loops read them.
package struct RowConstants: Sendable {
    // Written once, before they are shared; only read afterwards.
    private let floats: AlignedMemory
    private let doubles: AlignedMemory
    private let width: Int

    init(offset: [Double], scale: [Double], width: Int) throws {
        self.width = width
        floats = try AlignedMemory(floats: 2 * width)
        doubles = try AlignedMemory(doubles: width)
        let exact = doubles.doubles
        for index in 0..<width {
            exact[index] = offset[index % offset.count]
            floats.floats[index] = Float(exact[index])
            floats.floats[width + index] = Float(scale[index % scale.count])
        }
    }

    package var offset: UnsafePointer<Float> { UnsafePointer(floats.floats) }
    package var scale: UnsafePointer<Float> { UnsafePointer(floats.floats + width) }
    /// The offset for types that hold more digits than a float.
    package var exactOffset: UnsafePointer<Double> { UnsafePointer(doubles.doubles) }
}
