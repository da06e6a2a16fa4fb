/// What a layer may be called, so that a model which trains can be saved: its name becomes that of a group in the model
/// file, `/model_weights/NAME/NAME/kernel:0`, and of a layer of Keras.
///
/// Keras on PyTorch takes no names with a point, and Keras 2.15 only those of letters, digits and `_ . > -` that begin
/// with a letter or digit. Such names stay allowed; the README says which files open where.
enum LayerName {
    /// In bytes of UTF-8.
    static let longest = 1024

    /// Where Keras looks for the weights that belong to no layer.
    private static let reserved = "top_level_model_weights"

    /// Why a layer can't have this name, as what stands behind "the name"; nil where it can.
    static func problem(_ name: String) -> String? {
        if name.isEmpty || name.contains("/") { return "must be a word without '/', but is '\(name)'" }
        if name == "." { return "must not be '.', which in an HDF5 file is the group itself" }
        if name == reserved { return "must not be '\(reserved)', where Keras keeps weights that belong to no layer" }
        if name.utf8.contains(0) { return "must not hold a NUL, since HDF5's names end there" }
        let length = name.utf8.count
        return length > longest ? "must be at most \(longest) bytes long, but has \(length)" : nil
    }
}
