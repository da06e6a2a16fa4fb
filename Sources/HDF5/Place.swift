internal import CHDF5
import Foundation

/// A file and an object in it: what an error message has to name.
struct Place: Sendable {
    let file: String
    let object: String?

    init(file: String, object: String? = nil) {
        self.file = file
        self.object = object
    }

    init(_ file: OpenFile, _ object: String? = nil) {
        self.init(file: file.path, object: object)
    }

    /// An error that we found ourselves.
    func error(_ kind: HDF5Error.Kind, _ action: String, _ reason: String) -> HDF5Error {
        HDF5Error(kind: kind, file: file, object: object, action: action, reason: reason, libraryMessages: [])
    }

    /// An error of the call to the library that has just failed. Must come before any other call.
    func libraryFailure(_ action: String, isWrite: Bool = false) -> HDF5Error {
        let messages = Library.messages()
        let systemMessage = messages.lazy.compactMap(Self.systemMessage).first
        // What was checked before leaves two ways to fail: the system refused, or the bytes make no sense.
        let kind: HDF5Error.Kind =
            if isWrite { .writeFailed } else if systemMessage != nil { .readFailed } else { .damaged }
        if kind == .damaged, let words = NewerForm.words(messages) {
            return HDF5Error(
                kind: .unsupported, file: file, object: object, action: action, reason: words, libraryMessages: messages
            )
        }
        let cause = systemMessage ?? messages.first.map(Self.text) ?? "the HDF5 library gave no reason"
        return HDF5Error(
            kind: kind, file: file, object: object, action: action,
            reason: kind == .damaged ? "the file seems damaged (\(cause)); copy, download or make it again" : cause,
            libraryMessages: messages)
    }

    /// The message without the function's name before it.
    private static func text(of message: String) -> String {
        guard let colon = message.firstIndex(of: ":") else { return message }
        return String(message[colon...].dropFirst(2))
    }

    /// The operating system's words, such as "No space left on device", out of a message that carries an errno.
    private static func systemMessage(in message: String) -> String? {
        guard let start = message.range(of: "error message = '") else { return nil }
        let rest = message[start.upperBound...]
        guard let end = rest.firstIndex(of: "'"), end > rest.startIndex else { return nil }
        return String(rest[..<end])
    }
}
