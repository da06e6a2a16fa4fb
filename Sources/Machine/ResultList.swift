/// A place for what each of several threads, or each part of a work that they share, comes to.
///
/// `@unchecked Sendable`: each place is written by one thread once, and read when all are done.
package final class ResultList<T>: @unchecked Sendable {
    private let places: UnsafeMutableBufferPointer<T?>

    package init(_ count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: nil)
    }

    deinit {
        places.deinitialize()
        places.deallocate()
    }

    package subscript(index: Int) -> T? {
        get { places[index] }
        set { places[index] = newValue }
    }

    /// All of them, in order; every place must have been written.
    package var all: [T] { places.map { $0! } }
}
