public import Configuration
public import Kernels

/// Zeros around each image.
///
/// Shapes: (h, w, c) becomes (top + h + bottom, left + w + right, c).
public struct ZeroPadding2D: Layer {
    /// Rows above and below, columns to the left and to the right.
    public let padding: [[Int]]

    public init(rows: (Int, Int) = (1, 1), columns: (Int, Int) = (1, 1)) {
        padding = [[rows.0, rows.1], [columns.0, columns.1]]
    }

    /// A number for all four sides, `[rows, columns]`, or `[[above, below], [left, right]]`.
    init(reading reader: ObjectReader) { padding = reader.sides("padding") ?? [[1, 1], [1, 1]] }

    public var type: String { "zero_padding2d" }
    public var configuration: [JSONNode.Member] {
        [.init("padding", JSONNode(padding.map { JSONNode($0.map { JSONNode($0) }) }))]
    }
    public var keras: KerasLayer {
        KerasLayer("ZeroPadding2D", configuration + [.init("data_format", "channels_last")])
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard padding.joined().allSatisfy((0...Window2D.largest).contains) else {
            throw GraphError("zero_padding2d: padding must be from 0 to \(Window2D.largest)")
        }
        return try inputs[0].graph.apply(
            ZeroPadding2DOperator(rows: padding[0], columns: padding[1]), to: inputs, name: name)
    }
}

/// Images enlarged by whole factors.
///
/// Shapes: (h, w, c) becomes (h·size[0], w·size[1], c).
public struct UpSampling2D: Layer {
    /// The factors along height and width.
    public let size: [Int]
    public let interpolation: Interpolation

    public init(_ size: (Int, Int) = (2, 2), interpolation: Interpolation = .nearest) {
        self.size = [size.0, size.1]
        self.interpolation = interpolation
    }

    init(reading reader: ObjectReader) {
        size = reader.integers("size", in: 1..., count: 2) ?? [2, 2]
        interpolation = reader.choice("interpolation", default: .nearest)
    }

    public var type: String { "up_sampling2d" }
    public var configuration: [JSONNode.Member] {
        [
            .init("size", JSONNode(size.map { JSONNode($0) })),
            .init("interpolation", JSONNode(interpolation.rawValue)),
        ]
    }
    public var keras: KerasLayer {
        KerasLayer("UpSampling2D", configuration + [.init("data_format", "channels_last")])
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        guard size.allSatisfy((1...Window2D.largest).contains) else {
            throw GraphError("up_sampling2d: size must be from 1 to \(Window2D.largest)")
        }
        return try inputs[0].graph.apply(
            UpSampling2DOperator(factors: size, interpolation: interpolation), to: inputs, name: name)
    }
}

extension ObjectReader {
    /// A number for all four sides, `[rows, columns]`, or `[[above, below], [left, right]]`.
    fileprivate func sides(_ key: String) -> [[Int]]? {
        guard let node = node(key), node.value != .null else { return nil }
        let largest = Window2D.largest
        func pair(_ node: JSONNode) -> [Int]? {
            if let both = node.asInteger, (0...largest).contains(both) { return [both, both] }
            guard case .array(let nodes) = node.value, nodes.count == 2 else { return nil }
            let numbers = nodes.compactMap(\.asInteger).filter((0...largest).contains)
            return numbers.count == 2 ? numbers : nil
        }
        if let both = pair(node) {
            return node.asInteger == nil ? [[both[0], both[0]], [both[1], both[1]]] : [both, both]
        }
        if case .array(let nodes) = node.value, nodes.count == 2, let rows = pair(nodes[0]), let columns = pair(nodes[1]) {
            return [rows, columns]
        }
        fail(
            "must be a whole number from 0 to \(largest), a list of 2 such as [1, 2], or a list of 2 lists of 2", key: key)
        return nil
    }
}
