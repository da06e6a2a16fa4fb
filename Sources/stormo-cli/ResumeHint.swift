import Files

/// The command line with which a run is gone on with.
enum ResumeHint {
    static func command(_ directory: String) -> String { "stormo train --resume \(ShellWord.quoted(directory))" }
}
