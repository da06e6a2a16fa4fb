import Kernels
import Network

/// What is looked at in a split before the first step, so that nothing is found when hours of training are lost.
extension Dataset {
    /// Sees that all numbers are such that the model can compute with them.
    ///
    /// Rows in memory have been seen when they were read. Of streamed rows those are read whose type can hold what is not
    /// finite, and all weights. Inputs are seen as normalisation leaves them.
    /// - Parameter isFitted: normalisation was fitted to these rows, for which they have been read.
    /// - Throws: `DataError` with the row and the element, `HDF5Error` for what can't be read.
    package func examine(_ preprocessing: Preprocessing, isFitted: Bool) throws {
        try examine([preprocessing], isFitted: [isFitted], of: [fields[0].name ?? Model.inputName])
    }

    /// - Parameters:
    ///   - preprocessing: of each of the model's inputs.
    ///   - isFitted: whether it was fitted to these rows.
    ///   - names: of the model's inputs.
    package func examine(_ preprocessing: [Preprocessing], isFitted: [Bool], of names: [String]) throws {
        let inputs = try places(.input, of: names)
        for (place, entry) in fields.enumerated() {
            let field = entry.field
            var wasRead = false
            if let input = inputs.firstIndex(of: place) {
                let (preprocessing, isFitted) = (preprocessing[input], isFitted[input])
                let rangeIsNeeded = !isFitted && !preprocessing.staysFinite(field.featureType, field.featureShape)
                if rangeIsNeeded {
                    // Reads the rows, and thereby sees whether they are finite.
                    let range = try range(of: field, width: preprocessing.scope.width(field.featureShape))
                    if !preprocessing.staysFinite(range.least, range.greatest, field.featureType) {
                        throw try tooLarge(entry, preprocessing)
                    }
                }
                wasRead = rangeIsNeeded || isFitted
            }
            let areWeights = entry.role == .weight
            // A table's rows have been seen when it was fitted.
            guard !field.isInMemory, field.recipe == nil, !wasRead, areWeights || field.type.isFloatingPoint else {
                continue
            }
            _ = try eachStreamedBlock(of: field) { rows, places in
                try check(field, rows, at: 0, selection, places, areWeights: areWeights)
            }
        }
    }

    /// Sees that some of the training split counts.
    /// - Throws: `DataError` where all weights are 0, or all labels are the one that the loss ignores.
    package func checkThatSomethingCounts(_ objective: Objective) throws {
        for weights in fields(.weight).map(\.field) {
            guard try holds(weights, { $0 > 0 }) else {
                throw DataError(
                    "all weights of the training data in \(weights.parts[0].place) are 0, so nothing would be trained")
            }
        }
        let places = try fields(.target).isEmpty ? [] : places(.target, of: objective.outputs.map(\.name))
        for (place, output) in zip(places, objective.outputs) {
            guard let ignored = output.ignoredLabel else { continue }
            let label = Double(ignored)
            guard try holds(fields[place].field, { $0 != label }) else {
                throw DataError(
                    "all labels of the training data in \(self.place(of: fields[place])) are \(ignored), which the loss "
                        + "ignores, so nothing would be trained")
            }
        }
    }

    /// Whether any row of the split has such a value in the field.
    private func holds(_ field: Field, _ isSuch: @Sendable (Double) -> Bool) throws -> Bool {
        try mapBlocks(of: field) { rows, _ in
            var isAny = false
            rows.forEach { _, value in isAny = isAny || isSuch(value) }
            return isAny
        }.contains(true)
    }

    /// Calls the body for all rows of a field of the split that stands in files, by whole chunks.
    private func eachStreamedBlock(
        of field: Field, _ body: @Sendable (_ rows: StoredTensor, _ places: Range<Int>) throws -> Void
    ) throws {
        let blocks = field.blocks(of: 1 << 20).map { selection.positions(in: $0) }.filter { !$0.isEmpty }
        try inParallel(blocks.count) { index in
            let rows = try StoredTensor(field.type, rows: blocks[index].count, rowShape: field.rowShape) {
                try field.read(selection, blocks[index], into: $0)
            }
            try body(rows, blocks[index])
        }
    }

    /// The first row that normalisation makes too large, in a sentence.
    private func tooLarge(_ entry: DataField, _ preprocessing: Preprocessing) throws -> DataError {
        let field = entry.field
        let width = preprocessing.scope.width(field.featureShape)
        let found = try mapBlocks(of: field) { raw, first -> (place: Int, element: Int, value: Double)? in
            let rows = try field.encoder?.features(of: raw) ?? raw
            var found: (place: Int, element: Int, value: Double)?
            rows.forEach { index, value in
                guard found == nil, !preprocessing.staysFinite(value, column: index % width, rows.type) else { return }
                let (row, element) = index.quotientAndRemainder(dividingBy: rows.rowShape.count)
                found = (first + row, element, value)
            }
            return found
        }
        guard let (place, element, value) = found.lazy.compactMap({ $0 }).first else {
            return DataError("\(place(of: entry)) holds numbers that are too large once they are normalised")
        }
        let (name, row) = field.place(ofRow: selection[place])
        return DataError(
            "\(name) holds \(value) in \(row), \(field.words(ofFeature: element)), which is too large for a float once it "
                + "is normalised (\(preprocessing.kind.rawValue)); remove such rows, or bring them into the range of the "
                + "training data")
    }
}

extension StoredType {
    /// Its least and its greatest number.
    var bounds: (least: Double, greatest: Double) {
        switch self {
        case .uint8: (0, Double(UInt8.max))
        case .int8: (Double(Int8.min), Double(Int8.max))
        case .uint16: (0, Double(UInt16.max))
        case .int16: (Double(Int16.min), Double(Int16.max))
        case .uint32: (0, Double(UInt32.max))
        case .int32: (Double(Int32.min), Double(Int32.max))
        case .uint64: (0, Double(UInt64.max))
        case .int64: (Double(Int64.min), Double(Int64.max))
        case .float16: (-65504, 65504)
        case .float32, .float64:
            (-Double(Float.greatestFiniteMagnitude), Double(Float.greatestFiniteMagnitude))
        }
    }

    /// Whether rows of it are normalised in double precision.
    var isWide: Bool {
        switch self {
        case .uint32, .int32, .uint64, .int64, .float64: true
        default: false
        }
    }
}

extension Preprocessing {
    /// Whether a number stays finite, computed as rows are when they are gathered.
    func staysFinite(_ value: Double, column: Int, _ type: StoredType) -> Bool {
        guard kind != .none else { return Float(value).isFinite }
        let (offset, scale) = (offset[column], Float(scale[column]))
        return type.isWide
            ? Float((value - offset) * Double(scale)).isFinite : ((Float(value) - Float(offset)) * scale).isFinite
    }

    /// Whether all numbers between these, one pair for each column, stay finite.
    func staysFinite(_ least: [Double], _ greatest: [Double], _ type: StoredType) -> Bool {
        zip(least, greatest).enumerated().allSatisfy { column, pair in
            staysFinite(pair.0, column: column, type) && staysFinite(pair.1, column: column, type)
        }
    }

    /// Whether whatever the type holds stays finite.
    func staysFinite(_ type: StoredType, _ shape: Shape) -> Bool {
        if kind == .none { return true }
        let (least, greatest) = type.bounds
        return offset.indices.allSatisfy {
            staysFinite(least, column: $0, type) && staysFinite(greatest, column: $0, type)
        }
    }
}
