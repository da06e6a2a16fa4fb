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
        "name", "names", "column", "column=kind", "column=text", "policy|kind=policy|column=policy", "character", "path=value", "n",
        "group",
        "axes", "format", "list", "seconds", "level", "rows", "kind", "HxW", "HxWxC", "way", "name=share,…", "seed",
        "size", "weight",
        "share", "subcommands", "json", "key", "pattern",
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
    /// - Parameter questions: lines such as `offer stormo verify da`.
    /// - Returns: what is offered, a line each.
    private func offered(_ workspace: Workspace, _ questions: String) throws -> [String] {
        let script = try workspace.run("--generate-completion-script", "bash").output
        // A command is no folder, also where there is one of its name.
        #expect(script.contains("# Offer subcommand completions\n        compopt +o filenames 2>/dev/null\n"))
        try workspace.write(script, to: "stormo.bash")
        let folder = try #require(Workspace.executable).deletingLastPathComponent().path
        return try workspace.bash(
            """
            source ./stormo.bash
            PATH=\(folder):$PATH
            offer() {
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
                _stormo stormo "${@: -1}" "${@: -2:1}"
                echo "${COMPREPLY[@]}"
            }
            \(questions)
            """
        ).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func bashOffersFiles() throws {
        let offered = try offered(
            Workspace(),
            """
            offer stormo evaluate da
            offer stormo evaluate x --data da
            offer stormo predict m.h5 da
            offer stormo predict m.h5 a --output da
            offer stormo verify da
            """)
        #expect(offered.prefix(5) == Array(repeating: "data.h5", count: 5)[...], "\(offered)")
    }

    @Test func bashOffersWords() throws {
        let offered = try offered(
            Workspace(),
            """
            offer stormo predict m.h5 --format ''
            offer stormo predict m.h5 --format j
            offer stormo plot runs/a --by ''
            offer stormo evaluate runs/a --split ''
            offer stormo init a.csv --encoding ''
            offer stormo evaluate m.h5 --unknown ''
            """)
        #expect(
            offered.prefix(6) == [
                "csv json jsonl npy h5", "json jsonl", "epoch step time", "train validation test",
                "utf-8 latin-1 utf-16",
                "error missing skip",
            ], "\(offered)")
    }

    /// Columns of a table, datasets of a file, but not those of a model in front of it.
    @Test func bashOffersNamesInFiles() throws {
        let workspace = try Workspace()
        try workspace.write("width,weight,kind\n1,2,a\n3,4,b\n", to: "t.csv")
        #expect(try workspace.run("train", "config.json", "--quiet").status == 0)
        // The test's binary may have its target's name.
        let name = try #require(Workspace.executable).lastPathComponent
        let offered = try offered(
            workspace,
            """
            offer \(name) init t.csv --target ''
            offer \(name) init t.csv --target w
            offer \(name) evaluate runs/three/model.h5 --data data.h5 --targets /test/
            offer \(name) data head data.h5 /train/
            offer \(name) init gone.csv --target ''
            """)
        #expect(
            offered.prefix(5) == [
                "width weight kind", "width weight", "/test/inputs /test/targets", "/train/inputs /train/targets", "",
            ], "\(offered)")
    }
}
