/// One import for a Swift program that trains: the graph and its layers, the trainer, and the model file.
@_exported public import Kernels
@_exported public import Network
@_exported public import Training
