import Foundation

/// The command line with which a run is gone on with.
enum ResumeHint {
    static func command(_ directory: String) -> String { "stormo train --resume \(quoted(directory))" }

    /// As one word of a shell.
    static func quoted(_ path: String) -> String {
        func isPlain(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber || "/._-+=@%,".contains(character))
        }
        return path.allSatisfy(isPlain) && !path.hasPrefix("-")
            ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
