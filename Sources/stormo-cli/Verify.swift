import ArgumentParser
import Files
import HDF5
import Runs

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check model and checkpoint files: checksums, shapes, finite values.",
        discussion: """
            A line for each file says what it is and "ok", or each thing that is wrong with it. The status is 0 if all \
            are good, else 65.
            """)

    @Argument(
        help: "The files, such as a model.h5 or those in a run's checkpoints; of a run's directory both.",
        completion: .file())
    var files: [String]

    func run() throws {
        var areGood = true
        for file in try files.flatMap(ModelPath.all) {
            do {
                let verification = try FileVerification(of: file)
                Console.print(Self.line(file, verification))
                for problem in verification.problems { Console.print("  \(problem)") }
                if !verification.problems.isEmpty { areGood = false }
            } catch {
                // One file that is none of ours does not keep the others from being looked at.
                guard error is HDF5Error || error is FileError else { throw error }
                Console.error("stormo: \(error)")
                areGood = false
            }
        }
        if !areGood { throw ExitStatus.badData }
    }

    /// `runs/x/model.h5: model 'digits', 1,258 parameters: ok`.
    private static func line(_ file: String, _ verification: FileVerification) -> String {
        var words = verification.kind.rawValue + (verification.name.map { " '\($0)'" } ?? "")
        if let step = verification.step { words += " at step \(Figures.count(step))" }
        if let epoch = verification.epoch { words += ", epoch \(Figures.count(epoch))" }
        if let parameters = verification.parameters { words += ", \(Figures.count(parameters, "parameter"))" }
        let verdict =
            switch verification.problems.count {
            case 0: verification.hasChecksums ? "ok" : "ok, as far as can be told: an older file without checksums"
            case let count: "damaged, \(Figures.count(count, "problem"))"
            }
        return "\(file): \(words): \(verdict)"
    }
}
