internal import Dispatch
import Kernels

/// Worker threads: long-lived blocks, each on a serial queue of its own.
final class WorkerTeam: Sendable {
    let count: Int
    private let queues: [DispatchQueue]

    init(_ count: Int) {
        self.count = count
        queues = (0..<count).map { DispatchQueue(label: "stormo.worker.\($0)", qos: .userInitiated) }
    }

    /// Runs the body once on each worker, at the same time, and waits for all.
    /// - Returns: what the bodies return, by worker.
    /// - Throws: the error of the first worker, by number, whose body throws. Bodies that wait for each other must
    ///   not throw before their last barrier.
    @discardableResult
    func run<T: Sendable>(_ body: @Sendable @escaping (_ worker: Int) throws -> T) throws -> [T] {
        let results = Results<T>(count)
        let group = DispatchGroup()
        for worker in 0..<count {
            queues[worker].async(group: group) {
                KernelContext.withPreparedThread { results[worker] = Result { try body(worker) } }
            }
        }
        group.wait()
        return try results.all()
    }

    /// A place for each worker's result.
    ///
    /// `@unchecked Sendable`: each worker writes its own place once, and the group's end stands between that and the
    /// reading.
    private final class Results<T>: @unchecked Sendable {
        private let places: UnsafeMutableBufferPointer<Result<T, any Error>?>

        init(_ count: Int) {
            places = .allocate(capacity: count)
            places.initialize(repeating: nil)
        }

        deinit {
            places.deinitialize()
            places.deallocate()
        }

        subscript(worker: Int) -> Result<T, any Error>? {
            get { places[worker] }
            set { places[worker] = newValue }
        }

        func all() throws -> [T] { try places.map { try $0!.get() } }
    }

    /// A barrier for bodies that run on this team.
    func makeBarrier() -> PhaseBarrier {
        PhaseBarrier(workers: count, spins: count <= AvailableCPUs.count ? 4000 : 0)
    }
}
