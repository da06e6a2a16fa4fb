import Foundation
import Kernels
import Machine

/// The inputs and targets of one split. They are in memory, as stored, or in files from which rows are read as they are
/// needed.
public struct Dataset: Sendable {
    /// The inputs, then the targets and the sample weights, if there are any. All have the same number of rows. A split
    /// that was cut from a larger dataset shares its fields, which then hold more rows than `count`.
    public let fields: [DataField]
    /// Which rows of the fields the split consists of.
    package let selection: RowSelection
    /// The names of the classes, in the order of their labels; nil where the files have none.
    public var classNames: [String]? { codeNames.classNames }
    /// The names of the classes of an output; nil where the file has none.
    package func classNames(of output: String) -> [String]? {
        let name = fields(.target).count > 1 ? output : nil
        return codeNames.lists[CodeNames.key(CodeNames.classes, name)]?.names
    }
    /// What the numbers stand for, as far as the files say.
    package var codeNames = CodeNames()
    /// What whoever uses the data should know of them, a sentence each.
    package internal(set) var notices: [String] = []
    /// Where the data came from; nil for arrays from a program.
    public let source: DataSource?
    /// The number of rows that are shuffled together, at least two batches. Nil for all rows where they are in memory,
    /// and otherwise for as many as fit.
    public var shuffleWindow: Int?
    /// The memory that rows of a split which is not in memory may use, in bytes.
    package var windowBytes = AvailableMemory.bytes / 2

    /// The number of samples.
    public var count: Int { selection.count }
    public var isInMemory: Bool { fields.allSatisfy { $0.field.isInMemory } }

    /// The size of all rows of the fields in memory, as stored, in bytes.
    public var byteCount: Int { fields.reduce(0) { $0 + $1.field.byteCount } }

    /// A dataset of one array for each sample.
    /// - Parameters:
    ///   - shape: of one input; nil for a vector as long as the first.
    ///   - weights: a number for each sample, 0 or more, that its loss is multiplied by.
    /// - Throws: `DataError` where the rows differ in length or number, a value is NaN or infinite, or a weight is
    ///   negative; `KernelError.outOfMemory`.
    public init(inputs: [[Float]], shape: Shape? = nil, targets: [[Float]]? = nil, weights: [Float]? = nil) throws {
        try self.init(
            inputs: Field(inputs, shape: shape, name: "inputs"),
            targets: targets.map { try Field($0, name: "targets") },
            weights: weights)
    }

    /// A dataset of one array and one class label for each sample.
    /// - Parameters:
    ///   - shape: of one input; nil for a vector as long as the first.
    ///   - weights: a number for each sample, 0 or more, that its loss is multiplied by.
    /// - Throws: `DataError` where the rows differ in length or number, a value is NaN or infinite, a weight is
    ///   negative, or a label does not fit into 32 bits; `KernelError.outOfMemory`.
    public init(
        inputs: [[Float]], shape: Shape? = nil, labels: [some BinaryInteger], weights: [Float]? = nil
    ) throws {
        try self.init(
            inputs: Field(inputs, shape: shape, name: "inputs"), targets: Field(labels: labels, name: "labels"),
            weights: weights)
    }

    /// Data from a program: fields with as many rows.
    /// - Parameter weights: a number for each sample by which its loss counts.
    /// - Throws: `DataError` where the fields differ in the number of rows, or hold what is not a number.
    package init(inputs: Field, targets: Field? = nil, weights: [Float]? = nil) throws {
        try self.init(
            inputs: inputs, targets: targets, weights: weights.map { try Field($0.map { [$0] }, name: "weights") },
            classNames: nil, source: nil)
    }

    /// A dataset for a model with several inputs or outputs.
    /// - Throws: `DataError` where there is no input, one of several fields of a role has no name or the name of
    ///   another, the fields differ in the number of rows, a value is NaN or infinite, or a weight is negative.
    public init(_ fields: [DataField]) throws { try self.init(fields: fields, source: nil) }

    /// One input and one target.
    package init(
        inputs: Field, targets: Field?, weights: Field?, selection: RowSelection? = nil, classNames: [String]?,
        source: DataSource?
    ) throws {
        var fields = [DataField(.input, inputs)]
        if let targets { fields.append(DataField(.target, targets)) }
        if let weights { fields.append(DataField(.weight, weights)) }
        try self.init(fields: fields, selection: selection, source: source)
        if let classNames { codeNames.setClasses(classNames, source?.file ?? "the data") }
    }

    package init(fields: [DataField], selection: RowSelection? = nil, source: DataSource?) throws {
        self.fields = DataField.Role.allCases.flatMap { role in fields.filter { $0.role == role } }
        guard let first = self.fields.first, first.role == .input else {
            throw DataError("a dataset needs inputs, but there are none")
        }
        self.selection = selection ?? RowSelection(all: first.field.rows)
        self.source = source
        try check()
    }

    private init(_ data: Dataset, _ fields: [DataField], _ selection: RowSelection) {
        self.fields = fields
        self.selection = selection
        codeNames = data.codeNames
        notices = data.notices
        source = data.source
        shuffleWindow = data.shuffleWindow
        windowBytes = data.windowBytes
    }

    /// The same split with other fields of as many rows.
    func replacing(_ fields: [DataField]) -> Dataset { Dataset(self, fields, selection) }

    /// A part of the split that shares its memory.
    func selecting(_ selection: RowSelection) -> Dataset {
        Dataset(self, fields, selection)
    }

    /// The split with all its rows in memory.
    /// - Throws: `HDF5Error` for what can't be read, `DataError` for numbers that are NaN or infinite.
    func loaded() throws -> Dataset {
        let data = Dataset(self, try fields.map { $0.with(try $0.field.loaded()) }, selection)
        try data.check()
        return data
    }

    /// The split with its targets and weights in memory.
    func loadingLabels() throws -> Dataset {
        let data = Dataset(
            self, try fields.map { $0.role == .input ? $0 : $0.with(try $0.field.loaded()) }, selection)
        try data.check()
        return data
    }

    /// The first samples, in memory.
    package func head(_ count: Int) throws -> Dataset {
        let count = min(count, self.count)
        func head(_ field: Field) throws -> Field {
            let tensor = try StoredTensor(field.type, rows: count, rowShape: field.rowShape) {
                try field.read(selection, 0..<count, into: $0)
            }
            return field.holding(tensor)
        }
        let data = Dataset(self, try fields.map { $0.with(try head($0.field)) }, RowSelection(all: count))
        try data.check()
        return data
    }

    /// What a message calls a field.
    package func place(of field: DataField) -> String {
        guard let part = source?.parts(field.role).first(where: { $0.name == field.name }), let source else {
            return DataField.place(field.role, field.name)
        }
        guard source.table != nil else { return "\(source.file): \(part.words)" }
        guard field.role == .target, let names = field.field.recipe?.names, names.count == 1 else { return source.file }
        return "\(source.file), column '\(names[0])'"
    }

    /// What a message calls the data as a whole, or the first inputs; and the first targets.
    package var inputsPlace: String { place(of: fields[0]) }
    package var targetsPlace: String { fields(.target).first.map(place) ?? "targets" }

    /// What may help where the numbers of rows differ.
    private func transposingHint(_ field: Field) -> String {
        guard source != nil else { return "" }
        if inputs.rowShape.rank > 0, inputs.rowShape.last == field.rows {
            return "; if the samples are on the last axis of the inputs, as MATLAB writes them, put it first by "
                + "transpose_inputs"
        }
        if field.rowShape.rank > 0, field.rowShape.last == inputs.rows {
            return
                "; if the samples are on the last axis there, as MATLAB writes them, put it first by transpose_targets"
        }
        return samplesLastHint(field)
    }

    /// What may help where there are too few rows to be all samples; empty where the first inputs and the targets do not
    /// end in axes of one length.
    package var samplesLastHint: String {
        guard source != nil, let targets = fields(.target).first?.field else { return "" }
        return samplesLastHint(targets)
    }

    private func samplesLastHint(_ field: Field) -> String {
        guard inputs.rowShape.rank > 0, field.rowShape.rank > 0, inputs.rowShape.last == field.rowShape.last,
            inputs.rowShape.last > max(inputs.rows, field.rows)
        else { return "" }
        return "; if the samples are on the last axes, as MATLAB writes them, put these first by transpose_inputs and "
            + "transpose_targets"
    }

    private func check() throws {
        guard inputs.rows > 0 else { throw DataError("\(inputsPlace) is empty: it has no rows") }
        for role in DataField.Role.allCases {
            let names = fields(role).map(\.name)
            guard names.count > 1 else { continue }
            var seen: Set<String?> = [nil]
            if let name = names.first(where: { !seen.insert($0).inserted }) {
                throw DataError(
                    "there are \(names.count) arrays of \(role.words), "
                        + (name.map { "two of them called '\($0)'" } ?? "one of them without a name"))
            }
        }
        for entry in fields where entry.field.rows != inputs.rows {
            let field = entry.field
            throw DataError(
                "\(inputsPlace) has \(inputs.rows) rows, but \(field.parts[0].place) has \(field.rows); "
                    + "each row of inputs needs one of \(DataField.place(entry.role, entry.name))\(transposingHint(field))"
            )
        }
        for field in fields.map(\.field) {
            guard let tensor = field.tensor, let (row, element) = field.firstNonFinite(tensor) else { continue }
            throw Self.notFinite(field, row, element, tensor, at: row)
        }
        for weights in fields(.weight).map(\.field) {
            guard weights.rowShape.count == 1 else {
                throw DataError(
                    "\(weights.parts[0].place) has rows of \(weights.rowShape), but a weight is one number for each sample"
                )
            }
            guard let tensor = weights.tensor else { continue }
            try Self.checkWeights(weights, tensor, rows: 0..<tensor.rows) { $0 }
        }
    }

    /// Checks rows that have been read into a tensor.
    func check(
        _ field: Field, _ tensor: StoredTensor, at start: Int, _ selection: RowSelection, _ places: Range<Int>,
        areWeights: Bool
    ) throws {
        let rows = start..<start + places.count
        if let (row, element) = field.firstNonFinite(tensor, rows: rows) {
            throw Self.notFinite(field, selection[places.lowerBound + row - start], element, tensor, at: row)
        }
        guard areWeights else { return }
        try Self.checkWeights(field, tensor, rows: rows) { selection[places.lowerBound + $0 - start] }
    }

    /// - Parameter index: the place of the row in the tensor.
    private static func notFinite(
        _ field: Field, _ row: Int, _ element: Int, _ tensor: StoredTensor, at index: Int
    ) -> DataError {
        let (place, row) = field.place(ofRow: row)
        var value = Double.nan
        tensor.forEach(rows: index..<index + 1) {
            if $0 == index * tensor.rowShape.count + element { value = $1 }
        }
        if value.isFinite {
            return DataError(
                "\(place) holds \(value) in \(row), \(field.words(ofElement: element)), which no 32-bit float holds; "
                    + "bring the numbers into another unit, or remove such rows")
        }
        return DataError(
            "\(place) holds a number that is NaN or infinite, in \(row), \(field.words(ofElement: element)); "
                + "remove or fill such rows before training")
    }

    private static func checkWeights(
        _ field: Field, _ tensor: StoredTensor, rows: Range<Int>, _ row: (Int) -> Int
    ) throws {
        var bad: (row: Int, value: Double)?
        tensor.forEach(rows: rows) { index, value in if value < 0, bad == nil { bad = (index, value) } }
        guard let bad else { return }
        let (place, row) = field.place(ofRow: row(bad.row))
        throw DataError("\(place) holds \(bad.value) in \(row); a sample's weight is 0 or more")
    }
}
