/// An operation on an HDF5 file that failed: the file, the object in it, the operation and the reason.
public struct HDF5Error: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// There is no such file.
        case notFound
        /// The file is there, but it is not an HDF5 file.
        case notHDF5
        /// An HDF5 file that is truncated, or whose contents contradict themselves.
        case damaged
        /// The file can't be opened or made: permissions, a missing directory, another program's lock.
        case cannotOpen
        /// No such group, dataset or attribute; `available` lists those that are there, sorted by name.
        case missingObject(available: [String])
        /// The object is of another kind or holds values of another type than was asked for.
        case wrongType
        /// The caller's request can't be met by any file: rows out of range, a buffer too short, an impossible shape.
        case invalidArgument
        /// The file needs a compression filter, or knowledge of a later format, that the installed library lacks.
        case unsupported
        /// The object lies in another file, and reading from other files was not allowed.
        case leavesFile
        /// Larger than this process can hold, or than Stormo's limits allow.
        case tooLarge
        case readFailed
        case writeFailed
        /// The file has been closed.
        case closed
    }

    public let kind: Kind
    /// The file's path, as it was given.
    public let file: String
    /// The object's path in the file; nil when the file as a whole is meant.
    public let object: String?
    /// The operation, such as "read".
    public let action: String
    /// Why it failed.
    public let reason: String
    /// The HDF5 library's error stack, the cause first; empty when the failure was found before the library was called.
    public let libraryMessages: [String]
}

extension HDF5Error: CustomStringConvertible {
    /// One sentence, such as "cannot read '/train/names' in data.h5: it holds string values, not numbers".
    public var description: String {
        // What is missing is a sentence of its own: "no dataset '/train/x' in data.h5; it has: /train/inputs".
        if case .missingObject = kind { return reason }
        let subject = object.map { "'\($0)' in \(file)" } ?? file
        return "cannot \(action) \(subject): \(reason)"
    }
}
