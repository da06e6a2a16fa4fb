import HDF5

/// Protects a program from damaged data and model files on which the HDF5 library would crash, loop forever or allocate
/// gigabytes. The `stormo` command uses it.
public enum UntrustedFiles {
    /// From now on, a separate process opens and walks through each HDF5 file before this process opens it. Where that
    /// process crashes, hangs or asks for too much memory, an `HDF5Error` of kind `damaged` is thrown. This takes a few
    /// milliseconds for each file.
    ///
    /// The process is forked in this call. Call it before anything else, while the program has a single thread.
    /// - Returns: false where the program has several threads or no process can be forked. Files are then opened
    ///   without examination.
    @discardableResult
    public static func examineFirst() -> Bool { FileExaminer.start() }
}
