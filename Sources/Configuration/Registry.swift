import Synchronization

/// The kinds that configs can name as a `type`, such as all optimizers, by their names.
///
/// A program registers kinds of its own before it reads configs or models that use them. A registry is shared by the
/// whole process.
///
/// ```swift
/// try OptimizerRegistry.kinds.register(Lion.self, as: "lion")
/// ```
public final class Registry<Kind: Sendable>: Sendable {
    /// What they are, as in "unknown optimizer 'adm'".
    package let noun: String
    /// The words that Stormo has, in the order in which sentences list them.
    package let builtInNames: [String]
    /// Words of other programs for kinds that have another name here, in small letters.
    private let synonyms: [String: [String]]
    private let registered: Mutex<Registered>

    private struct Registered {
        var names: [String]
        var kinds: [String: Kind]
    }

    /// A built-in kind is one file, and one line where its registry is made.
    /// - Parameters:
    ///   - kinds: each name once.
    ///   - synonyms: what other programs call some of them, in small letters, by which they are meant.
    package init(_ noun: String, _ kinds: [(name: String, kind: Kind)], synonyms: [String: [String]] = [:]) {
        (self.noun, self.synonyms) = (noun, synonyms)
        builtInNames = kinds.map(\.name)
        registered = Mutex(
            Registered(names: builtInNames, kinds: Dictionary(uniqueKeysWithValues: kinds.map { ($0, $1) })))
    }

    /// All names: the built-in ones, then the registered ones.
    public var names: [String] { registered.withLock { $0.names } }

    /// The kind of a name; nil for an unknown name.
    public subscript(name: String) -> Kind? { registered.withLock { $0.kinds[name] } }

    /// Registers a kind under a name.
    /// - Throws: `RegistryError` where the name is taken.
    public func register(_ kind: Kind, as name: String) throws(RegistryError) {
        let isNew = registered.withLock { registered in
            guard registered.kinds[name] == nil else { return false }
            registered.kinds[name] = kind
            registered.names.append(name)
            return true
        }
        if !isNew { throw RegistryError(description: "the \(noun) '\(name)' is known already; choose another name") }
    }

    /// What is said of a word that is not known: "unknown optimizer 'adm'; did you mean 'adam'?".
    package func unknown(_ name: String) -> String {
        guard let meant = synonyms[name.lowercased()] else { return unknownWord(name, noun: noun, among: names) }
        return unknownWord(name, noun: noun, meant: meant)
    }

    // MARK: - Reading

    /// Reads the kind that an object names as its `type`.
    /// - Returns: nil where the type is missing or unknown, which is then noted with the reader.
    package func type(of reader: ObjectReader) -> Kind? {
        if case .string(let word)? = reader.node("type")?.value, synonyms[word.lowercased()] != nil, self[word] == nil {
            reader.fail(unknown(word), key: "type")
            return nil
        }
        return reader.requiredWord("type", among: names, noun: noun).flatMap { self[$0] }
    }

    /// Reads a kind in its short or its long form: `"adam"`, or `{"type": "adam", "beta_1": 0.8}`.
    /// - Returns: the kind, and the reader of its keys, which is to be finished when they are read; nil where the key is
    ///   missing or the kind unknown, which is then noted.
    package func required(_ key: String, in reader: ObjectReader) -> (kind: Kind, keys: ObjectReader)? {
        let keys: ObjectReader
        switch reader.requiredStringOrObject(key) {
        case nil: return nil
        case .string(let word):
            guard self[word] != nil else {
                reader.fail(unknown(word), key: key)
                return nil
            }
            // The short form is the long one without constants, so that there is one place for the defaults.
            keys = reader.nested(["type": JSONNode(word)], key: key)
        case .object(let object): keys = object
        }
        return type(of: keys).map { ($0, keys) }
    }
}

/// A name that can't be registered, as a sentence.
public struct RegistryError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}
