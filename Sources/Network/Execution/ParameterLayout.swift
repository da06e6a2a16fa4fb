public import Kernels

/// Where each parameter stands in the one contiguous buffer that holds them all.
///
/// Gradients and the optimizer's moments have buffers of the same layout, so that reducing and stepping are plain
/// vector operations. Each parameter begins at a cache line; the gaps stay zero.
public struct ParameterLayout: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let shape: Shape
        /// The first element's place in the buffer.
        public let offset: Int
        public let initializer: Initializer
        /// The node of the graph.
        public let node: Int

        public var range: Range<Int> { offset..<offset + shape.count }
    }

    public private(set) var entries: [Entry] = []
    /// The number of elements of the buffer, gaps included.
    public private(set) var count = 0

    private static let alignment = AlignedMemory.alignment / MemoryLayout<Float>.stride

    init() {}

    mutating func append(_ name: String, _ shape: Shape, _ initializer: Initializer, node: Int) {
        entries.append(Entry(name: name, shape: shape, offset: count, initializer: initializer, node: node))
        count += (shape.count + Self.alignment - 1) / Self.alignment * Self.alignment
    }

    /// The number of trained numbers.
    public var parameterCount: Int { entries.reduce(0) { $0 + $1.shape.count } }

    public func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    /// Fills a buffer by each parameter's initializer.
    public func initialise(_ buffer: UnsafeMutablePointer<Float>, seed: UInt64) {
        for (index, entry) in entries.enumerated() {
            let values = UnsafeMutableBufferPointer(start: buffer + entry.offset, count: entry.shape.count)
            entry.initializer.fill(values, shape: entry.shape, seed: seed, index: index)
        }
    }
}
