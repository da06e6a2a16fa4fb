import Foundation
import Testing

/// What a shell offers behind each argument and option.
struct CompletionTests {
    private struct Argument {
        let command: String
        let words: String
        let value: String
        let completes: Bool
    }

    /// Values that are no files, by their names in the help.
    private static let others: Set<String> = [
        "name", "names", "column", "column=kind", "policy|kind=policy|column=policy", "character", "path=value", "n",
        "group",
        "axes", "format", "list", "seconds", "level", "rows", "kind", "HxW", "HxWxC", "way", "name=share,…", "seed",
        "size", "weight",
        "share", "subcommands", "json",
    ]
    /// Paths within an HDF5 file.
    private static let inFiles: Set<String> = [
        "stormo init --inputs", "stormo evaluate --inputs", "stormo evaluate --targets",
        "stormo evaluate --sample-weight",
        "stormo predict --inputs", "stormo predict --targets", "stormo data inspect path", "stormo data head path",
        "stormo data split --inputs", "stormo data split --targets",
    ]

    /// Each argument and option that takes a value offers files, or is known to take something else.
    @Test func filesAreOfferedWhereverAPathIsTaken() throws {
        let workspace = try Workspace()
        let help = try workspace.run("--experimental-dump-help")
        let root = try #require(JSONSerialization.jsonObject(with: Data(help.output.utf8)) as? [String: Any])
        let arguments = Self.arguments(try #require(root["command"] as? [String: Any]), [])
        #expect(arguments.count > 80)
        for argument in arguments where !argument.completes && !Self.inFiles.contains(argument.words) {
            #expect(
                Self.others.contains(argument.value),
                "\(argument.words) takes <\(argument.value)>: if that is a file, give it completion: .file()")
        }
        // The rule sees what it is for.
        for words in [
            "stormo evaluate model", "stormo evaluate --data", "stormo predict files", "stormo predict --output",
            "stormo verify files", "stormo runs directory", "stormo train --output", "stormo data convert source",
        ] { #expect(arguments.contains { $0.words == words && $0.completes }, "\(words)") }
    }

    private static func arguments(_ command: [String: Any], _ before: [String]) -> [Argument] {
        let name = (before + [command["commandName"] as? String ?? ""]).joined(separator: " ")
        let own = (command["arguments"] as? [[String: Any]] ?? []).compactMap { node -> Argument? in
            guard node["kind"] as? String != "flag", let value = node["valueName"] as? String else { return nil }
            let names = (node["names"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            let longest = names.max { $0.count < $1.count }
            return Argument(
                command: name, words: name + " " + (longest.map { ($0.count > 1 ? "--" : "-") + $0 } ?? value),
                value: value,
                completes: node["completionKind"] != nil)
        }
        let others = command["subcommands"] as? [[String: Any]] ?? []
        return own + others.flatMap { arguments($0, [name]) }
    }

    /// The script for bash, asked as the shell asks it.
    @Test func bashOffersFiles() throws {
        let workspace = try Workspace()
        let script = try workspace.run("--generate-completion-script", "bash").output
        // A command is no folder, also where there is one of its name.
        #expect(script.contains("# Offer subcommand completions\n        compopt +o filenames 2>/dev/null\n"))
        try workspace.write(script, to: "stormo.bash")
        let output = try workspace.bash(
            """
            source ./stormo.bash
            offer() {
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
                _stormo stormo "${@: -1}" "${@: -2:1}"
                echo "${COMPREPLY[@]}"
            }
            offer stormo evaluate da
            offer stormo evaluate x --data da
            offer stormo predict m.h5 da
            offer stormo predict m.h5 a --output da
            offer stormo verify da
            """)
        #expect(output.split(separator: "\n").map(String.init) == Array(repeating: "data.h5", count: 5), "\(output)")
    }
}
