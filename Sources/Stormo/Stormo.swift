/// One import for a Swift program that trains: the graph and its layers, the trainer, and the model file.
@_exported public import Batches
@_exported public import Configuration
@_exported public import Engine
public import Files
public import HDF5
@_exported public import Interchange
@_exported public import Kernels
public import Machine
@_exported public import Metrics
@_exported public import Network
@_exported public import Optimizers
@_exported public import Runs

/// An operation on an HDF5 file that failed, with the file and the object.
public typealias HDF5Error = HDF5.HDF5Error
/// A file that could not be read or written, or whose contents are invalid.
public typealias FileError = Files.FileError
/// Threads that could not be started.
public typealias ThreadError = Machine.ThreadError
/// Examines HDF5 files in a separate process before they are opened in this one.
public typealias UntrustedFiles = Files.UntrustedFiles
