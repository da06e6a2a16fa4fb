public import Configuration
public import Kernels

/// A way of filling parameters that a program defines itself; see `InitializerRegistry`.
public protocol OwnInitializer: RegisteredKind, Hashable {
    /// Fills a parameter.
    /// - Parameters:
    ///   - values: row-major, with nothing in them yet.
    ///   - random: numbers of the parameter's own, which follow from the run's seed.
    func fill(_ values: UnsafeMutableBufferPointer<Float>, shape: Shape, random: inout Philox)
}

/// An `OwnInitializer` of any kind.
public struct AnyOwnInitializer: Hashable, Sendable {
    let base: any OwnInitializer

    var configuration: JSONNode {
        // Without constants its name is enough.
        base.configuration.isEmpty ? JSONNode(base.typeName) : base.typedConfiguration
    }

    public static func == (a: AnyOwnInitializer, b: AnyOwnInitializer) -> Bool {
        AnyHashable(a.base) == AnyHashable(b.base)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}

extension Initializer {
    /// A program's own.
    public static func own(_ initializer: some OwnInitializer) -> Initializer {
        .ownKind(AnyOwnInitializer(base: initializer))
    }
}
