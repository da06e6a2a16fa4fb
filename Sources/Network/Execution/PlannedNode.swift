import Kernels

/// One node in a plan: its kernels, and the places of the tensors that they read and write.
struct PlannedNode {
    /// The node whose buffer holds its value: itself, unless it is a view.
    let owner: Int
    /// One kernel for each number of samples among the tiles of its stretch; none for views and for what is not computed.
    var kernels: [any Kernel] = []

    /// Nil for nodes that are not needed.
    var value: TensorPlace?
    /// Nil where none is computed.
    var gradient: TensorPlace?
    /// For each input where the node writes its gradient; nil where none is wanted.
    var inputGradients: [TensorPlace?] = []
    /// For each input that is a parameter where a tile's part of its gradient stands until it is added to the others';
    /// nil where there is one tile.
    var partialGradients: [TensorPlace?] = []
    /// In the arena, in bytes, for each tile: what a kernel keeps from the tile's forward to its backward pass.
    var workspaces: [Int] = []
}
