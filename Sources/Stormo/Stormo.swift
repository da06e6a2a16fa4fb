/// One import for a Swift program that trains: the graph and its layers, the trainer, and the model file.
@_exported public import Batches
@_exported public import Configuration
@_exported public import Engine
@_exported public import Interchange
@_exported public import Kernels
@_exported public import Metrics
@_exported public import Network
@_exported public import Optimizers
@_exported public import Runs
