import ArgumentParser
import Batches
import Files
import Foundation
import HDF5

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is in a dataset file, a table, a folder of images, a model file or a config.",
        discussion: """
            FLOPs are the floating-point operations of a forward pass for one sample; a multiply-add counts as two.
            """)

    @Argument(
        help: "The files, HDF5, JSON or CSV, or folders of images, or patterns such as 'parts/*.h5'.",
        completion: .file(extensions: ["h5", "hdf5", "json"]))
    var files: [String]

    @OptionGroup var links: ExternalLinksOption

    /// Of several files, one that can't be shown does not keep the others from it.
    func run() throws {
        let paths = try DataSource(files: files, inputs: "", targets: nil).paths()
        var failure: ExitStatus?
        for (index, path) in paths.enumerated() {
            if index > 0 { Console.print() }
            do {
                try inspect(ModelPath.of(path))
            } catch  where paths.count > 1 {
                guard let status = error as? ExitStatus ?? ExitStatus(of: error) else { throw error }
                if !(error is ExitStatus) { Console.error("stormo: \(error)") }
                failure = failure ?? status
            }
        }
        if let failure { throw failure }
    }

    private func inspect(_ file: String) throws {
        if SourceInspection.reads(file) {
            try refuseLinks(file, "it has no links")
            return try SourceInspection.printBeginning(file)
        }
        // By content; the name decides only where the content can't be read.
        if Self.looksLikeJSON(file) || (file.hasSuffix(".json") && !Self.looksLikeHDF5(file)) {
            try refuseLinks(file, "a config says so itself, by data.allow_external_links")
            return try ConfigInspection(file).print()
        }
        let opened = try open(file)
        if try opened.exists("/stormo") {
            try refuseLinks(file, "a model has no links into other files")
            try ModelInspection(file).print()
        } else {
            try DatasetInspection(opened).print()
        }
    }

    private func refuseLinks(_ file: String, _ reason: String) throws {
        guard links.allowExternalLinks else { return }
        throw UsageError("--allow-external-links is for files of data, and \(file) is none: \(reason); leave it out")
    }

    private func open(_ path: String) throws -> HDF5File {
        do {
            return try links.open(path)
        } catch let error as HDF5Error {
            guard error.kind == .notHDF5, !Self.firstBytes(path).isEmpty else { throw error }
            throw FileError("\(path) is neither an HDF5 file nor a JSON config", isBadData: true)
        }
    }

    private static func looksLikeJSON(_ path: String) -> Bool {
        firstBytes(path).first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "{")
    }

    static func looksLikeHDF5(_ path: String) -> Bool {
        firstBytes(path).starts(with: [0x89, 0x48, 0x44, 0x46])
    }

    /// The beginning of a file; nothing where there is no regular file that can be read.
    private static func firstBytes(_ path: String) -> [UInt8] {
        // Opening a pipe would wait for a writer.
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular, let handle = FileHandle(forReadingAtPath: path)
        else { return [] }
        defer { try? handle.close() }
        return [UInt8]((try? handle.read(upToCount: 64)) ?? Data())
    }
}
