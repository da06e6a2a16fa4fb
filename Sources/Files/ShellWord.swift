import Foundation

/// A text as one word of a shell, so that what is advised can be typed as it stands.
package enum ShellWord {
    package static func quoted(_ text: String) -> String {
        func isPlain(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber || "/._-+=@%,:".contains(character))
        }
        return !text.isEmpty && text.allSatisfy(isPlain) && !text.hasPrefix("-")
            ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
