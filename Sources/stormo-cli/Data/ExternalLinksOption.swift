import ArgumentParser
import HDF5

/// Whether a command follows links into other files, as `data.allow_external_links` in a config.
struct ExternalLinksOption: ParsableArguments {
    @Flag(help: "Follow links into other files, and read values that lie there; for files from people you trust.")
    var allowExternalLinks = false

    /// Opens a file; says what is unusual about it, unless that is said when it is opened again.
    func open(_ path: String, reading: HDF5Reading = .everything, isQuiet: Bool = false) throws -> HDF5File {
        let file = try HDF5File.open(path, allowingExternal: allowExternalLinks, reading: reading)
        if !isQuiet, let notice = file.notice { Console.error("warning: \(notice)") }
        return file
    }
}
