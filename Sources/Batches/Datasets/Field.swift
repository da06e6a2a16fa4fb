import Dispatch
import Kernels
import Machine
import Recipes
import Synchronization

/// One array of a dataset, the inputs, the targets or the weights: rows of numbers, in memory or in files.
package struct Field: Sendable {
    /// The type in which the numbers are stored.
    package let type: StoredType
    /// The shape of one row.
    package let rowShape: Shape
    package let rows: Int
    /// Where the rows come from, one after the other.
    package let parts: [Part]
    /// The rows, where they are in memory.
    package let tensor: StoredTensor?
    /// Of rows of a table, what its columns are, with those categories that a model does not know behind its own.
    package private(set) var recipe: Recipe?
    /// Of images, what made rows of them; nil for all else.
    var images: ImageRecipe?
    /// What turns rows into what a model takes; nil where it takes them as they are.
    package private(set) var encoder: RowEncoder?

    /// The shape of what a model takes of a row.
    package var featureShape: Shape { encoder.map { Shape([$0.featureCount]) } ?? rowShape }
    /// The type in which that is looked at.
    var featureType: StoredType { encoder == nil ? type : RowEncoder.featureType(type) }

    /// Rows out of one file.
    package struct Part: Sendable {
        /// The file and the path in it, for messages.
        package let place: String
        /// The first of the field's rows that it holds.
        let first: Int
        let rows: Int
        /// Nil for rows from a program.
        let reader: (any RowReading)?
        /// On which line of the table that the file was made from a row begins, as Int64; nil where it was made from none.
        var lines: (any RowReading)?
        /// Which row of the table each is, from 0, as Int64; nil where no row of it was left out.
        var tableRows: (any RowReading)?
        /// Of images the name of each row's file, for messages.
        var fileNames: [String]?

        /// The line on which one of its rows begins; nil where it has none, or where that can't be read.
        fileprivate func line(of row: Int) -> Int64? {
            guard let lines else { return nil }
            var line = Int64(0)
            do {
                try withUnsafeMutablePointer(to: &line) { try lines.read(rows: row..<row + 1, into: $0) }
            } catch {
                return nil
            }
            return line
        }
    }

    package var rowBytes: Int { rowShape.count * type.byteCount }
    package var byteCount: Int { rows * rowBytes }
    package var isInMemory: Bool { tensor != nil }

    /// Rows in memory.
    package init(_ tensor: StoredTensor, place: String) {
        self.init(
            type: tensor.type, rowShape: tensor.rowShape, rows: tensor.rows,
            parts: [Part(place: place, first: 0, rows: tensor.rows, reader: nil)], tensor: tensor)
    }

    package init(
        type: StoredType, rowShape: Shape, rows: Int, parts: [Part], tensor: StoredTensor?, recipe: Recipe? = nil
    ) {
        self.type = type
        self.rowShape = rowShape
        self.rows = rows
        self.parts = parts
        self.tensor = tensor
        self.recipe = recipe
    }

    /// The same field with rows in memory: all, or the first.
    func holding(_ tensor: StoredTensor) -> Field {
        var field = Field(
            type: tensor.type, rowShape: tensor.rowShape, rows: tensor.rows, parts: parts, tensor: tensor,
            recipe: recipe)
        (field.encoder, field.images) = (encoder, images)
        return field
    }

    /// The same rows as the features that a fitted recipe makes of them.
    /// - Parameter fillsAll: whether a missing value is filled where the recipe says that there is none.
    func encoded(by recipe: Recipe, fillsAll: Bool = false) -> Field {
        var field = self
        field.recipe = recipe
        field.encoder = recipe.isPlain && !fillsAll ? nil : RowEncoder(recipe, fillsAll: fillsAll)
        return field
    }

    /// The same rows with other words for their columns.
    func named(by recipe: Recipe) -> Field {
        var field = self
        field.recipe = recipe
        return field
    }

    /// The rows at some places of a selection, as a model takes them, before they are normalised.
    func features(_ selection: RowSelection, _ places: Range<Int>) throws -> StoredTensor {
        let rows = try StoredTensor(type, rows: places.count, rowShape: rowShape) {
            try read(selection, places, into: $0)
        }
        return try encoder?.features(of: rows) ?? rows
    }

    /// The file that a row is in, and the row there, for messages: `row 17`, or `line 19` of a table of text, or the name of an
    /// image.
    package func place(ofRow row: Int) -> (place: String, row: String) {
        let part = parts.last { $0.first <= row } ?? parts[0]
        let own = row - part.first
        if let names = part.fileNames, names.indices.contains(own) { return (part.place, names[own]) }
        guard let line = part.line(of: own) else { return (part.place, "row \(own)") }
        return (part.place, "line \(line)")
    }

    /// A number of its rows, for messages: `column 'age'` of a table, else `element 3`.
    func words(ofElement element: Int) -> String { Self.words(element, recipe?.names, of: rowShape) }

    /// A number of what a model takes of its rows.
    package func words(ofFeature feature: Int) -> String {
        Self.words(feature, encoder == nil ? recipe?.names : recipe?.features, of: featureShape)
    }

    private static func words(_ element: Int, _ names: [String]?, of shape: Shape) -> String {
        guard let names, names.count == shape.count, names.indices.contains(element) else {
            return "element \(element)"
        }
        return "column '\(names[element])'"
    }

    /// Of each file the first of the field's rows that it holds.
    package var firstRows: [Int] { parts.map(\.first) }

    /// The number, from 0, that each of the field's rows has in the table that its file was made from; nil where no table had
    /// rows that were left out.
    /// - Throws: `HDF5Error`.
    package func numbersInTables() throws -> [Int]? {
        guard parts.contains(where: { $0.tableRows != nil }) else { return nil }
        return try parts.flatMap { part -> [Int] in
            guard let reader = part.tableRows else { return Array(0..<part.rows) }
            var numbers = [Int64](repeating: 0, count: part.rows)
            try numbers.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                try reader.read(rows: 0..<part.rows, into: base)
            }
            return numbers.map { Int($0) }
        }
    }

    /// Copies rows, in the stored type. May be called from many threads at once.
    /// - Throws: `HDF5Error` where a file can't be read.
    package func read(_ range: Range<Int>, into base: UnsafeMutableRawPointer) throws {
        if let tensor {
            base.copyMemory(from: tensor.memory.base + range.lowerBound * rowBytes, byteCount: range.count * rowBytes)
            return
        }
        for part in parts {
            let own = range.clamped(to: part.first..<part.first + part.rows)
            guard !own.isEmpty, let reader = part.reader else { continue }
            try reader.read(
                rows: own.lowerBound - part.first..<own.upperBound - part.first,
                into: base + (own.lowerBound - range.lowerBound) * rowBytes)
        }
    }

    /// Copies the rows at some places of a selection, one after the other.
    func read(_ selection: RowSelection, _ places: Range<Int>, into base: UnsafeMutableRawPointer) throws {
        guard let first = places.first, let last = places.last else { return }
        let rows = selection[first]..<selection[last] + 1
        if rows.count == places.count { return try read(rows, into: base) }
        if let tensor {
            for (index, place) in places.enumerated() {
                (base + index * rowBytes).copyMemory(
                    from: tensor.memory.base + selection[place] * rowBytes, byteCount: rowBytes)
            }
            return
        }
        // What lies between is read as well, since chunks are read whole.
        let span = try AlignedMemory(byteCount: rows.count * rowBytes)
        try read(rows, into: span.base)
        for (index, place) in places.enumerated() {
            (base + index * rowBytes).copyMemory(
                from: span.base + (selection[place] - rows.lowerBound) * rowBytes, byteCount: rowBytes)
        }
    }

    /// One row as a model takes it, before it is normalised.
    package func features(ofRow row: Int) throws -> StoredTensor {
        let raw = try StoredTensor(type, rows: 1, rowShape: rowShape) { try read(row..<row + 1, into: $0) }
        return try encoder?.features(of: raw) ?? raw
    }

    /// The place of the first number that is NaN or infinite, or that no float holds; in a table, where NaN marks what is
    /// missing, of the first that is infinite.
    func firstNonFinite(_ tensor: StoredTensor, rows: Range<Int>? = nil) -> (row: Int, element: Int)? {
        recipe == nil ? tensor.firstNonFinite(rows: rows) : tensor.firstInfinite(rows: rows)
    }

    /// The field with its rows in memory, read by as many threads as there are CPUs.
    /// - Throws: `HDF5Error`, `KernelError.outOfMemory`.
    func loaded() throws -> Field {
        guard tensor == nil else { return self }
        let tensor = try StoredTensor(type, rows: rows, rowShape: rowShape) { base in
            let destination = Destination(base: base)
            let blocks = blocks(of: 1 << 20)
            try inParallel(blocks.count) { index in
                try read(blocks[index], into: destination.base + blocks[index].lowerBound * rowBytes)
            }
        }
        return holding(tensor)
    }

    /// The rows cut into ranges that are well read at once: whole chunks of one file each, of about so many bytes.
    func blocks(of bytes: Int) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for part in parts {
            let chunk = max(part.reader?.blockRows ?? 1, 1)
            let rows = max((bytes / max(rowBytes, 1) + chunk - 1) / chunk, 1) * chunk
            for start in stride(from: 0, to: part.rows, by: rows) {
                result.append(part.first + start..<part.first + min(start + rows, part.rows))
            }
        }
        return result
    }
}

/// A pointer that several threads write behind, each its own rows.
struct Destination: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
}

/// Runs the body for each index on as many threads as there are CPUs, or fewer.
/// - Throws: the error of the lowest index that failed.
func inParallel(_ count: Int, threads: Int = AvailableCPUs.count, _ body: @Sendable (Int) throws -> Void) throws {
    guard count > 1, threads > 1 else {
        for index in 0..<count { try body(index) }
        return
    }
    try ThreadRoom.requireOthers()
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    let next = Atomic<Int>(0)
    let threads = min(threads, count)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count, failure.withLock({ $0 == nil }) else { return }
            do {
                try body(index)
            } catch {
                failure.withLock { if $0.map({ $0.index > index }) ?? true { $0 = (index, error) } }
            }
        }
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
}
