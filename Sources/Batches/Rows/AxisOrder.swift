extension [Int] {
    /// Whether it puts axes in an order, as NumPy's `transpose` takes it: each number from 0 on once. HDF5 has 32 axes at
    /// the most.
    package var isOrderOfAxes: Bool { (1...32).contains(count) && sorted() == Array(indices) }
}
