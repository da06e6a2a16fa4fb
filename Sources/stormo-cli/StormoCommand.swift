import ArgumentParser
import HDF5

/// The root of the command line: finds the command, runs it, and turns what it throws into a sentence and a status.
@main
struct StormoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stormo",
        abstract: "Trains neural networks on the CPU from JSON configs and tables or HDF5 data.",
        discussion: """
            From a raw table to a trained model: stormo init houses.csv --target price, then stormo train houses.json. From a \
            folder of images with a folder for each class: stormo init photos, then stormo train photos.json.

            Completion in a shell: stormo --generate-completion-script bash|zsh|fish prints the script for it.

            Exit status: 0 fine, 1 failure, 64 wrong usage, 65 bad data, 78 bad config, 130 and 143 ended by SIGINT \
            and SIGTERM. Errors go to the standard error, one sentence each.
            """,
        version: VersionText.lines.joined(separator: "\n"),
        subcommands: [
            InitCommand.self, Train.self, Evaluate.self, Predict.self, Inspect.self, Check.self, Bench.self,
            DataCommand.self,
            Verify.self, Runs.self, Watch.self, Plot.self,
        ])

    static func main() {
        // First of all, as long as there is a single thread.
        FileExaminer.start()
        Console.prepare()
        do {
            var command = try parseAsRoot()
            if !(command is Train) { Interruption.begin() }
            try command.run()
        } catch {
            report(error)
        }
        if let reason = Console.failure {
            Console.error("stormo: the output can't be written: \(reason)")
            exit(ExitStatus.failure)
        }
    }

    private static func report(_ error: any Error) {
        if let status = error as? ExitStatus { exit(status) }
        if let status = ExitStatus(of: error) {
            Console.error("stormo: \(error)")
            exit(status)
        }
        // What the argument parser throws: a request for help, or a mistake in the arguments.
        let message = fullMessage(for: error)
        let code = exitCode(for: error)
        if code.isSuccess {
            Console.print(CompletionScript.mended(message))
        } else {
            Console.error("stormo: " + (message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message))
        }
        Console.exit(code.rawValue)
    }

    private static func exit(_ status: ExitStatus) -> Never { Console.exit(status.rawValue) }
}
