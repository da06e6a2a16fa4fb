public import Kernels

/// A dataset of what a program has at hand: rows of doubles, slices, and buffers.
extension Dataset {
    /// A dataset of one collection of numbers for each sample: doubles, slices of arrays. Doubles stay doubles until they are
    /// normalised.
    /// - Parameters:
    ///   - shape: of one input; nil for a vector as long as the first.
    ///   - weights: a number for each sample, 0 or more, that its loss is multiplied by.
    /// - Throws: `DataError` where the rows differ in length or number, a value is NaN or infinite, or a weight is
    ///   negative; `KernelError.outOfMemory`.
    @_disfavoredOverload
    public init<Inputs: Collection, Targets: Collection>(
        inputs: Inputs, shape: Shape? = nil, targets: Targets, weights: [Float]? = nil
    ) throws
    where
        Inputs.Element: Collection, Inputs.Element.Element: BinaryFloatingPoint, Targets.Element: Collection,
        Targets.Element.Element: BinaryFloatingPoint
    {
        try self.init(
            inputs: Field(numbers: inputs, shape: shape, name: "inputs"),
            targets: Field(numbers: targets, shape: nil, name: "targets"), weights: weights)
    }

    /// The same without targets, for prediction.
    @_disfavoredOverload
    public init<Inputs: Collection>(inputs: Inputs, shape: Shape? = nil) throws
    where Inputs.Element: Collection, Inputs.Element.Element: BinaryFloatingPoint {
        try self.init(inputs: Field(numbers: inputs, shape: shape, name: "inputs"))
    }

    /// The same with one class label for each sample.
    @_disfavoredOverload
    public init<Inputs: Collection, Labels: Collection>(
        inputs: Inputs, shape: Shape? = nil, labels: Labels, weights: [Float]? = nil
    ) throws
    where
        Inputs.Element: Collection, Inputs.Element.Element: BinaryFloatingPoint, Labels.Element: BinaryInteger
    {
        try self.init(
            inputs: Field(numbers: inputs, shape: shape, name: "inputs"),
            targets: Field(labels: Array(labels), name: "labels"), weights: weights)
    }

    /// A dataset of numbers that stand one after the other, which are copied.
    ///
    /// ```swift
    /// let data = try pixels.withUnsafeBytes { try Dataset(copying: $0, of: UInt8.self, shape: [28, 28, 1], labels: labels) }
    /// ```
    /// - Parameters:
    ///   - inputs: row-major, a row for each sample. They need not be aligned.
    ///   - type: `UInt8`, `Int32`, `Float`, `Double` or another `DataNumber`; they stay such until they are normalised.
    ///   - shape: of one input.
    ///   - targets: as many rows of `targetShape`; nil for prediction.
    /// - Throws: `DataError` where the bytes are no whole number of rows, a value is NaN or infinite, or the targets are more or
    ///   fewer; `KernelError.outOfMemory`.
    public init<Number: DataNumber>(
        copying inputs: UnsafeRawBufferPointer, of type: Number.Type, shape: Shape,
        targets: UnsafeBufferPointer<Float>? = nil, targetShape: Shape = [1]
    ) throws {
        try self.init(
            inputs: Field(copying: inputs, Number.self, shape, name: "inputs"),
            targets: targets.map {
                try Field(copying: UnsafeRawBufferPointer($0), Float.self, targetShape, name: "targets")
            })
    }

    /// The same with one class label for each sample.
    public init<Number: DataNumber, Labels: Collection>(
        copying inputs: UnsafeRawBufferPointer, of type: Number.Type, shape: Shape, labels: Labels
    ) throws where Labels.Element: BinaryInteger {
        try self.init(
            inputs: Field(copying: inputs, Number.self, shape, name: "inputs"),
            targets: Field(labels: Array(labels), name: "labels"))
    }
}

extension DataField {
    /// Rows of numbers that stand one after the other, which are copied.
    /// - Throws: as `Dataset.init(copying:of:shape:targets:)`.
    public init<Number: DataNumber>(
        _ role: Role, copying values: UnsafeRawBufferPointer, of type: Number.Type, shape: Shape, name: String? = nil
    ) throws {
        self.init(role, try Field(copying: values, Number.self, shape, name: Self.place(role, name)), name: name)
    }

    /// Rows of numbers: doubles, slices of arrays.
    /// - Throws: as of arrays of floats.
    @_disfavoredOverload
    public init<Rows: Collection>(_ role: Role, _ rows: Rows, name: String? = nil, shape: Shape? = nil) throws
    where Rows.Element: Collection, Rows.Element.Element: BinaryFloatingPoint {
        self.init(role, try Field(numbers: rows, shape: shape, name: Self.place(role, name)), name: name)
    }
}

/// A type of number in which the values of a dataset may be stored.
public protocol DataNumber: BitwiseCopyable {
    /// `uint8`, `float32`, as HDF5 files and NumPy call it.
    static var storedName: String { get }
}
extension UInt8: DataNumber { public static var storedName: String { "uint8" } }
extension Int8: DataNumber { public static var storedName: String { "int8" } }
extension UInt16: DataNumber { public static var storedName: String { "uint16" } }
extension Int16: DataNumber { public static var storedName: String { "int16" } }
extension UInt32: DataNumber { public static var storedName: String { "uint32" } }
extension Int32: DataNumber { public static var storedName: String { "int32" } }
extension UInt64: DataNumber { public static var storedName: String { "uint64" } }
extension Int64: DataNumber { public static var storedName: String { "int64" } }
extension Float: DataNumber { public static var storedName: String { "float32" } }
extension Double: DataNumber { public static var storedName: String { "float64" } }

extension Field {
    /// Rows of numbers from a program, as doubles where they are such.
    init<Rows: Collection>(numbers rows: Rows, shape: Shape?, name: String) throws
    where Rows.Element: Collection, Rows.Element.Element: BinaryFloatingPoint {
        let shape = shape ?? [rows.first?.count ?? 0]
        try Self.check(rows.map(\.count), shape, name)
        func tensor<T: BinaryFloatingPoint>(_ type: StoredType, _: T.Type) throws -> StoredTensor {
            try StoredTensor(type, rows: rows.count, rowShape: shape) { base in
                var place = base.assumingMemoryBound(to: T.self)
                for row in rows {
                    for value in row {
                        place.initialize(to: T(value))
                        place += 1
                    }
                }
            }
        }
        let isWide = MemoryLayout<Rows.Element.Element>.size > MemoryLayout<Float>.size
        self.init(try isWide ? tensor(.float64, Double.self) : tensor(.float32, Float.self), place: name)
    }

    init<Number: DataNumber>(
        copying bytes: UnsafeRawBufferPointer, _: Number.Type, _ shape: Shape, name: String
    ) throws {
        let rowBytes = shape.count * MemoryLayout<Number>.stride
        guard rowBytes > 0, let type = StoredType(rawValue: Number.storedName) else {
            throw DataError("\(name): the rows have no elements, since their shape is \(shape)")
        }
        guard bytes.count % rowBytes == 0 else {
            throw DataError(
                "\(name): \(bytes.count) bytes are no whole number of rows of \(shape), which take \(rowBytes) bytes each"
            )
        }
        let tensor = try StoredTensor(type, rows: bytes.count / rowBytes, rowShape: shape) { base in
            if let start = bytes.baseAddress { base.copyMemory(from: start, byteCount: bytes.count) }
        }
        self.init(tensor, place: name)
    }
}
