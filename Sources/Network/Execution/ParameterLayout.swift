import Kernels

/// Where each parameter stands in the one contiguous buffer that holds them all.
///
/// The trained ones come first, then the frozen ones, then states, each in the order of declaration. Gradients and the
/// optimizer's moments have buffers laid out as the trained range is, so that reducing and stepping are plain vector
/// operations. Each parameter begins at a cache line; the gaps stay zero.
package struct ParameterLayout: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// With the layer's name before it: `dense/kernel`.
        package let name: String
        package let shape: Shape
        /// The first element's place in the buffer.
        package let offset: Int
        package let initializer: Initializer
        package let role: ParameterRole
        package let kind: ParameterKind
        /// Nil for a parameter that belongs to no layer of a model.
        package let layer: LayerReference?
        /// The node of the graph.
        package let node: Int
        /// The parameter's place in the order of declaration. It chooses the initial values, so that freezing a layer
        /// leaves those of all others as they are.
        package let declaration: Int

        package var range: Range<Int> { offset..<offset + shape.count }

        /// What the layer calls it: `kernel`. The whole name for a parameter of no layer.
        package var nameInLayer: String {
            guard let layer, name.hasPrefix(layer.name + "/") else { return name }
            return String(name.dropFirst(layer.name.count + 1))
        }
    }

    /// In the order of their places.
    package private(set) var entries: [Entry] = []
    /// The number of elements of the buffer, gaps included.
    package private(set) var count = 0
    /// The places of the trained parameters, of the frozen ones and of states: each range begins where the one before ends.
    package private(set) var trained = 0..<0
    package private(set) var frozen = 0..<0
    package private(set) var state = 0..<0

    private static let alignment = AlignedMemory.alignment / MemoryLayout<Float>.stride

    init() {}

    /// All parameters among the nodes of a graph, used or not, so that the programs of one graph share one buffer.
    init(_ nodes: [Graph.Node]) {
        var declared: [(node: Int, parameter: Parameter)] = []
        for (index, node) in nodes.enumerated() {
            if case .parameter(let parameter) = node.kind { declared.append((index, parameter)) }
        }
        for role in ParameterRole.allCases {
            for (declaration, (index, parameter)) in declared.enumerated() where parameter.role == role {
                append(
                    nodes[index].name, nodes[index].type.shape, parameter.initializer, node: index, role: role,
                    kind: parameter.kind, layer: nodes[index].layer, declaration: declaration)
            }
        }
    }

    /// - Precondition: the roles come in the order of `ParameterRole`.
    mutating func append(
        _ name: String, _ shape: Shape, _ initializer: Initializer, node: Int, role: ParameterRole = .trained,
        kind: ParameterKind = .kernel, layer: LayerReference? = nil, declaration: Int? = nil
    ) {
        entries.append(
            Entry(
                name: name, shape: shape, offset: count, initializer: initializer, role: role, kind: kind, layer: layer,
                node: node, declaration: declaration ?? entries.count))
        count += (shape.count + Self.alignment - 1) / Self.alignment * Self.alignment
        switch role {
        case .trained:
            precondition(frozen.isEmpty && state.isEmpty, "trained parameters come first")
            (trained, frozen, state) = (0..<count, count..<count, count..<count)
        case .frozen:
            precondition(state.isEmpty, "frozen parameters come before states")
            (frozen, state) = (trained.upperBound..<count, count..<count)
        case .state: state = frozen.upperBound..<count
        }
    }

    /// The number of parameters, whatever their role.
    package var parameterCount: Int { entries.reduce(0) { $0 + $1.shape.count } }

    /// The number of trained parameters.
    package var trainedCount: Int { trainedEntries.reduce(0) { $0 + $1.shape.count } }

    /// The number of parameters of a role.
    package func parameterCount(_ role: ParameterRole) -> Int {
        entries.lazy.filter { $0.role == role }.reduce(0) { $0 + $1.shape.count }
    }

    /// The entries that have a gradient: those of the trained range.
    package var trainedEntries: ArraySlice<Entry> { entries.prefix { $0.role == .trained } }

    package func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    /// Fills a buffer by each parameter's initializer.
    package func initialise(_ buffer: UnsafeMutablePointer<Float>, seed: UInt64) {
        for entry in entries {
            let values = UnsafeMutableBufferPointer(start: buffer + entry.offset, count: entry.shape.count)
            entry.initializer.fill(values, shape: entry.shape, seed: seed, index: entry.declaration)
        }
    }
}
