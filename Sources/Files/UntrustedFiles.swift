import HDF5

/// Protection of a Swift program from data and model files that are damaged in such a way that the HDF5 library crashes on
/// them, runs in circles or asks for gigabytes. The `stormo` command has it.
public enum UntrustedFiles {
    /// From now on each HDF5 file is opened and walked by a process of its own before this one opens it. What harms that
    /// process is thrown as an `HDF5Error` of kind `damaged`. It takes a few milliseconds a file.
    ///
    /// That process is forked here, so this must be the first thing that the program does, while it has one thread.
    /// - Returns: false where it has several, or where no process can be made: files are then opened unexamined.
    @discardableResult
    public static func examineFirst() -> Bool { FileExaminer.start() }
}
