/// What the argument parser prints for shells, with what it lacks.
enum CompletionScript {
    /// In a folder that has a folder `runs`, as each has after its first training, bash takes the command `runs` for that folder
    /// and puts a slash behind it, since the script says that all words are names of files. Where commands are offered they are not.
    /// - Parameter text: a script, or any other text, which stays as it is.
    static func mended(_ text: String) -> String {
        guard text.hasPrefix("#!/bin/bash") else { return text }
        let mark = "        # Offer subcommand completions\n"
        return text.replacing(mark, with: mark + "        compopt +o filenames 2>/dev/null\n")
    }
}
