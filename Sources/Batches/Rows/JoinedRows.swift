import Kernels

/// Rows of several datasets side by side: along the last axis, for each entry of the axes before it.
struct JoinedRows: RowReading {
    /// The type of the parts, or one that holds the values of all.
    let type: StoredType
    let blockRows: Int
    let scratchBytes: Int
    let sharedScratchBytes: Int
    private let parts: [Part]
    /// Entries of the axes before the last.
    private let outer: Int
    /// Elements of the joined last axis.
    let width: Int

    private struct Part: Sendable {
        let reader: any RowReading
        let type: StoredType
        /// Elements of its last axis, and where they go in the joined one.
        let width: Int
        let offset: Int
    }

    /// The parts agree in their rows and in all axes but the last.
    init(_ parts: [SourceRows]) {
        func last(_ shape: Shape) -> Int { shape.rank == 0 ? 1 : shape.last }
        var (offset, own) = (0, [Part]())
        for part in parts {
            own.append(Part(reader: part.reader, type: part.type, width: last(part.shape), offset: offset))
            offset += last(part.shape)
        }
        self.parts = own
        width = offset
        outer = parts[0].shape.count / last(parts[0].shape)
        type = parts.dropFirst().reduce(parts[0].type) { $0.joined(with: $1.type) }
        let blockRows = parts.map(\.reader.blockRows).max() ?? 1
        self.blockRows = blockRows
        let rowBytes = parts.map { $0.shape.count * $0.type.byteCount }.max() ?? 0
        sharedScratchBytes = parts.map(\.reader.sharedScratchBytes).reduce(0, +)
        scratchBytes = (parts.map(\.reader.scratchBytes).max() ?? 0) + blockRows * rowBytes
    }

    func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws {
        let entries = range.count * outer
        let most = parts.map { $0.width * $0.type.byteCount }.max() ?? 0
        let memory = try AlignedMemory(byteCount: entries * most)
        for part in parts {
            try part.reader.read(rows: range, into: memory.base)
            if part.type == type {
                let size = type.byteCount
                for entry in 0..<entries {
                    (destination + (entry * width + part.offset) * size).copyMemory(
                        from: memory.base + entry * part.width * size, byteCount: part.width * size)
                }
            } else if type == .float32 {
                write(part, memory.base, entries, destination.assumingMemoryBound(to: Float.self)) { Float($0) }
            } else {
                write(part, memory.base, entries, destination.assumingMemoryBound(to: Double.self)) { $0 }
            }
        }
    }

    private func write<T>(
        _ part: Part, _ source: UnsafeRawPointer, _ entries: Int, _ target: UnsafeMutablePointer<T>,
        _ convert: (Double) -> T
    ) {
        part.type.forEach(source, count: entries * part.width) { index, value in
            target[index / part.width * width + part.offset + index % part.width] = convert(value)
        }
    }
}
