/// Why a kernel could not be made.
public enum KernelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system has no memory left. `bytes` is the size that was asked for; 0 where oneDNN does not say.
    case outOfMemory(bytes: Int)
    /// oneDNN refused an operation; `operation` names it with its shapes.
    case unsupported(operation: String, reason: String)
    /// An operator couples the samples of a mini-batch, but made a kernel that is not a `CoupledKernel`.
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
