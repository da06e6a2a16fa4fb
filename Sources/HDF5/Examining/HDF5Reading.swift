/// What of a file is going to be read, and so what is examined before it is opened.
package enum HDF5Reading: Sendable, Hashable {
    /// Names, shapes, types and attributes of all objects, and the values of any dataset of numbers.
    case everything
    /// As `everything`, and objects are copied into another file with all that they hold.
    case copies
    /// The objects at these paths, their values, strings among them, and the attributes of these objects and of "/".
    case objects([String])
}
