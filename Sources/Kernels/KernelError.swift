/// Why an operator's arithmetic could not be set up.
public enum KernelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `bytes` is 0 where the kernel library does not say how many it asked for.
    case outOfMemory(bytes: Int)
    /// The kernel library refused an operation; `operation` says which, with its shapes.
    case unsupported(operation: String, reason: String)
    /// An operator says that it couples samples, but its kernel is of the ordinary kind.
    case notCoupled(operation: String)

    public var description: String {
        switch self {
        case .outOfMemory(let bytes):
            "the system has no \(bytes > 0 ? "\(bytes) bytes of memory" : "memory") left; "
                + "use a smaller batch_size or fewer workers"
        case .unsupported(let operation, let reason):
            "\(operation) can't be computed on this machine: the kernel library says '\(reason)'"
        case .notCoupled(let operation):
            "\(operation) couples the samples of a batch, so its kernel in training must be a CoupledKernel, but is not"
        }
    }
}
