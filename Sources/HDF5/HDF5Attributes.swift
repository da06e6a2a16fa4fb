internal import CHDF5

/// The attributes of a group or dataset: small named values. It keeps its file open.
package struct HDF5Attributes: Sendable {
    /// An attribute is read in one piece; a size beyond this is a mistake or malice.
    var byteLimit = 256 << 20

    let owner: Handle
    let place: Place
    let file: OpenFile

    init(of owner: Handle, _ place: Place, in file: OpenFile) {
        self.owner = owner
        self.place = place
        self.file = file
    }

    /// The names, sorted.
    package var names: [String] {
        get throws(HDF5Error) {
            Library.enter()
            defer { Library.leave() }
            _ = try file.id(for: place, "list the attributes of")
            var names: [String] = []
            let status = withUnsafeMutablePointer(to: &names) { pointer in
                H5Aiterate2(
                    owner.id, H5_INDEX_NAME, H5_ITER_INC, nil,
                    { _, name, _, context in
                        guard let name, let context else { return -1 }
                        context.assumingMemoryBound(to: [String].self).pointee.append(StringTransfer.text(name))
                        return 0
                    }, pointer)
            }
            if status < 0 { throw place.libraryFailure("list the attributes of") }
            return names.sorted()
        }
    }

    /// Whether there is an attribute of that name (H5Aexists).
    package func contains(_ name: String) throws(HDF5Error) -> Bool {
        Library.enter()
        defer { Library.leave() }
        let action = Self.action("read", name)
        _ = try file.id(for: place, action)
        // The library would see the name up to the NUL.
        if name.utf8.contains(0) { return false }
        let answer = H5Aexists(owner.id, OpenAttribute.storedName(name, of: owner))
        if answer < 0 { throw place.libraryFailure(action) }
        return answer > 0
    }

    /// The one string of an attribute.
    ///
    /// - Throws: kinds `missingObject`, `wrongType` (no string, or several), `tooLarge`, `damaged`.
    package func string(_ name: String) throws(HDF5Error) -> String {
        let strings = try strings(name)
        guard strings.count == 1 else {
            throw place.error(
                .wrongType, Self.action("read", name), "it holds \(strings.count) strings where one is expected")
        }
        return strings[0]
    }

    /// The strings of an attribute, in C order, of fixed or variable length. A single string is an array of one.
    package func strings(_ name: String) throws(HDF5Error) -> [String] {
        Library.enter()
        defer { Library.leave() }
        let attribute = try open(name)
        guard attribute.elementType == .string else { throw attribute.wrongType("strings") }
        guard attribute.extent.count > 0 else { return [] }
        let buffer = try attribute.read(as: attribute.type.id, elementSize: H5Tget_size(attribute.type.id))
        guard H5Tis_variable_str(attribute.type.id) > 0 else {
            return StringTransfer.decodeFixed(buffer.bytes, count: attribute.extent.count, type: attribute.type)
        }
        defer {
            H5Dvlen_reclaim(
                attribute.type.id, attribute.space.id, Library.defaultProperties, buffer.bytes.baseAddress)
        }
        return StringTransfer.decodeVariable(buffer.bytes, count: attribute.extent.count)
    }

    /// The strings of an attribute; nil where there is no such attribute, it holds something else, or its object has one in
    /// a form that the installed library does not know.
    ///
    /// - Throws: kinds `damaged`, `readFailed`, `tooLarge`, `closed`.
    package func stringsIfPresent(_ name: String) throws(HDF5Error) -> [String]? {
        try Self.ifPresent { () throws(HDF5Error) in try self.strings(name) }
    }

    /// The same of numbers.
    package func doublesIfPresent(_ name: String) throws(HDF5Error) -> [Double]? {
        try Self.ifPresent { () throws(HDF5Error) in try self.doubles(name) }
    }

    private static func ifPresent<T>(_ read: () throws(HDF5Error) -> T) throws(HDF5Error) -> T? {
        do throws(HDF5Error) {
            return try read()
        } catch {
            switch error.kind {
            case .missingObject, .wrongType, .unsupported: return nil
            default: throw error
            }
        }
    }

    /// The integers of an attribute, in C order. A single number is an array of one; booleans are 0 and 1.
    ///
    /// - Throws: kind `wrongType` also for floating-point numbers, and for integers that do not fit an `Int`.
    package func integers(_ name: String) throws(HDF5Error) -> [Int] {
        Library.enter()
        defer { Library.leave() }
        let attribute = try open(name)
        switch attribute.elementType.memoryType {
        case nil, .float16, .float32, .float64: throw attribute.wrongType("integers")
        case .uint64:
            let values = try attribute.numbers(UInt64.self)
            // The library would clip what is too large.
            guard values.allSatisfy({ $0 <= UInt64(Int.max) }) else { throw attribute.wrongType("integers below 2^63") }
            return values.map { Int($0) }
        default: return try attribute.numbers(Int.self)
        }
    }

    /// The numbers of an attribute, in C order. A single number is an array of one.
    package func doubles(_ name: String) throws(HDF5Error) -> [Double] {
        Library.enter()
        defer { Library.leave() }
        let attribute = try open(name)
        guard attribute.elementType.isNumeric else { throw attribute.wrongType("numbers") }
        return try attribute.numbers(Double.self)
    }

    static func action(_ verb: String, _ name: String) -> String { "\(verb) attribute '\(name)' of" }

    private func open(_ name: String) throws(HDF5Error) -> OpenAttribute {
        guard try contains(name) else {
            let names = try names
            let object = place.object ?? "/"
            let contents = names.isEmpty ? "it has none" : "it has: \(sentenceList(names))"
            throw HDF5Error(
                kind: .missingObject(available: names), file: file.path, object: object,
                action: Self.action("read", name),
                reason: "no attribute '\(name)' on '\(object)' in \(file.path); \(contents)",
                libraryMessages: [])
        }
        return try OpenAttribute(name, of: owner, place, byteLimit: byteLimit)
    }
}
