import Batches
import Configuration
import Engine
import Files
import HDF5
import Kernels
import Machine
import Metrics
import Network
import Reports

/// What the process ends with, in the numbers of BSD's `sysexits.h`.
///
/// A command throws one of these where it has already said why.
enum ExitStatus: Int32, Error {
    case failure = 1
    case usage = 64
    case badData = 65
    case badConfig = 78

    /// The status for an error of the library or of a command; nil for one of the argument parser's.
    init?(of error: any Error) {
        switch error {
        case is ConfigurationError: self = .badConfig
        case is DataError: self = .badData
        case is UsageError, is MetricError, is ReportError: self = .usage
        case let error as FileError: self = error.isBadData ? .badData : .failure
        case let error as HDF5Error:
            // Data that can't be read are bad data; a file that can't be made is not.
            self = error.kind == .writeFailed || error.action == "create" ? .failure : .badData
        case is Divergence, is EvaluationError, is ThreadError, is KernelError, is ModelError, is ObjectiveError,
            is GraphError:
            self = .failure
        default: return nil
        }
    }
}

/// Arguments that are well-formed, but do not fit each other or the files that they name.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
