internal import CHDF5

/// A selection of a dataspace: all of it, or blocks of a regular pattern, or a list of blocks.
struct Blocks {
    /// For each axis: where the first block begins, from block to block, how many there are, how long each is.
    struct Axis {
        var start = 0
        var stride = 1
        var count = 1
        var block = 1

        /// One behind the last of so many blocks.
        func end(_ count: Int) -> Int {
            let (reach, overflow) = (count - 1).multipliedReportingOverflow(by: stride)
            let (first, overflow2) = start.addingReportingOverflow(reach)
            let (end, overflow3) = first.addingReportingOverflow(block)
            return count == 0 ? 0 : overflow || overflow2 || overflow3 ? .max : end
        }
    }

    let isAll: Bool
    /// The shape of the dataspace; empty for all of a source, which the file does not tell.
    let extent: [Int]
    /// The regular pattern; nil for a list of blocks.
    let axes: [Axis]?
    /// The blocks of an irregular selection: first and last position of each.
    let list: [(first: [Int], last: [Int])]
    /// The axis along which the pattern has no end.
    let endlessAxis: Int?
    /// How many blocks of it begin within the extent.
    private(set) var endlessCount = 0

    /// - Parameter extent: the dataset's, to which an endless pattern is cut; nil for that of the space.
    init(_ space: Handle, extent given: [Int]?, _ place: Place) throws(HDF5Error) {
        let rank = Int(max(0, H5Sget_simple_extent_ndims(space.id)))
        var sizes = [hsize_t](repeating: 0, count: rank)
        guard rank > 0 || H5Sget_select_type(space.id) == H5S_SEL_ALL,
            rank == 0 || H5Sget_simple_extent_dims(space.id, &sizes, nil) >= 0,
            given == nil || rank == 0 || given?.count == rank
        else { throw place.error(.damaged, "read", "it is a virtual dataset whose mappings make no sense") }
        extent = given ?? sizes.map { Int(clamping: $0) }
        guard H5Sget_select_type(space.id) == H5S_SEL_HYPERSLABS else {
            isAll = H5Sget_select_type(space.id) == H5S_SEL_ALL
            axes = isAll ? extent.map { Axis(block: $0) } : nil
            (list, endlessAxis) = ([], nil)
            return
        }
        isAll = false
        if H5Sis_regular_hyperslab(space.id) > 0 {
            var (start, stride, count, block) = (sizes, sizes, sizes, sizes)
            guard H5Sget_regular_hyperslab(space.id, &start, &stride, &count, &block) >= 0 else {
                throw place.libraryFailure("read")
            }
            let endless = chdf5_unlimited()
            endlessAxis = (0..<rank).first { count[$0] == endless || block[$0] == endless }
            var axes = (0..<rank).map { axis in
                Axis(
                    start: Int(clamping: start[axis]), stride: max(1, Int(clamping: stride[axis])),
                    count: Int(clamping: count[axis]), block: Int(clamping: block[axis]))
            }
            if let axis = endlessAxis {
                // One block without end is blocks of one without end.
                if block[axis] == endless {
                    axes[axis].block = 1
                    axes[axis].stride = 1
                }
                let room = max(0, extent[axis] - axes[axis].start)
                endlessCount = (room + axes[axis].stride - 1) / axes[axis].stride
                axes[axis].count = endlessCount
            }
            self.axes = axes
            list = []
            return
        }
        (axes, endlessAxis) = (nil, nil)
        let blocks = H5Sget_select_hyper_nblocks(space.id)
        guard blocks >= 0, blocks <= 1 << 20 else { throw place.libraryFailure("read") }
        var corners = [hsize_t](repeating: 0, count: Int(blocks) * 2 * rank)
        guard blocks == 0 || H5Sget_select_hyper_blocklist(space.id, 0, hsize_t(blocks), &corners) >= 0 else {
            throw place.libraryFailure("read")
        }
        list = (0..<Int(blocks)).map { block in
            let base = block * 2 * rank
            return (
                (0..<rank).map { Int(clamping: corners[base + $0]) },
                (0..<rank).map { Int(clamping: corners[base + rank + $0]) }
            )
        }
    }

    /// The number of positions of one block along the endless axis, or of all where there is none.
    var pointsOfBlock: Int {
        func product(_ factors: [Int]) -> Int {
            factors.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
        }
        guard let axes else {
            return list.reduce(0) { $0 + product(zip($1.first, $1.last).map { $1 - $0 + 1 }) }
        }
        return product(axes.indices.map { $0 == endlessAxis ? axes[$0].block : axes[$0].count * axes[$0].block })
    }

    /// One behind the last position along each axis.
    var end: [Int] {
        if let axes { return axes.map { $0.end($0.count) } }
        return extent.indices.map { axis in list.map { $0.last[axis] + 1 }.max() ?? 0 }
    }

    /// The number of positions along the endless axis that are within the extent.
    var endlessPositions: Int {
        guard let axes, let axis = endlessAxis, endlessCount > 0 else { return 0 }
        let whole = endlessCount - 1
        return whole * axes[axis].block
            + min(axes[axis].block, extent[axis] - axes[axis].start - whole * axes[axis].stride)
    }

    /// As `end`, where the endless axis has so many positions.
    func end(positions: Int) -> [Int] {
        guard let axes, let axis = endlessAxis else { return end }
        var end = axes.map { $0.end($0.count) }
        let own = axes[axis]
        let blocks = (positions + own.block - 1) / max(own.block, 1)
        end[axis] = blocks == 0 ? 0 : own.start + (blocks - 1) * own.stride + positions - (blocks - 1) * own.block
        return end
    }

    /// The positions on the first axis from the first block to the last.
    var rows: Range<Int> {
        let first = axes.map { $0[0].start } ?? list.map { $0.first[0] }.min() ?? 0
        return first..<max(first + 1, min(end[0], extent[0]))
    }
}

/// Which elements of a virtual dataset are mapped.
struct Coverage {
    private let shape: [Int]
    private let place: Place
    /// Whole rows, the usual case.
    private var rows: [Range<Int>] = []
    /// Everything else.
    private let space: Handle?

    init(_ shape: [Int], _ place: Place) throws(HDF5Error) {
        self.shape = shape
        self.place = place
        space = try shape.contains(0) || shape.isEmpty ? nil : Extent(shape, place, "read").makeSpace(place, "read")
        if let space, H5Sselect_none(space.id) < 0 { throw place.libraryFailure("read") }
    }

    mutating func add(_ mapping: Mapping) throws(HDF5Error) {
        guard space != nil else { return }
        guard let axes = mapping.virtual.axes else {
            for block in mapping.virtual.list {
                try select(zip(block.first, block.last).map { Blocks.Axis(start: $0, block: $1 - $0 + 1) })
            }
            return
        }
        let isWhole = zip(axes, shape).dropFirst().allSatisfy {
            $0.start == 0 && ($0.count == 1 || $0.stride == $0.block) && $0.end($0.count) >= $1
        }
        if isWhole, axes[0].count == 1 || axes[0].stride == axes[0].block {
            rows.append(axes[0].start..<max(axes[0].start, min(axes[0].end(axes[0].count), shape[0])))
        } else {
            try select(axes)
        }
    }

    /// Adds a pattern, cut at the extent.
    private func select(_ axes: [Blocks.Axis]) throws(HDF5Error) {
        guard let space else { return }
        var axes = axes
        for (axis, size) in shape.enumerated() {
            let own = axes[axis]
            guard own.count > 0, own.start < size else { return }
            if own.end(own.count) > size {
                let whole = max(
                    0, (size - own.start - own.block) / own.stride + (size - own.start >= own.block ? 1 : 0))
                let last = own.start + whole * own.stride
                if whole < own.count, last < size {
                    var cut = axes
                    cut[axis] = Blocks.Axis(start: last, block: size - last)
                    try select(cut)
                }
                axes[axis].count = whole
                guard whole > 0 else { return }
            }
        }
        let status = H5Sselect_hyperslab(
            space.id, H5S_SELECT_OR, axes.map { hsize_t($0.start) },
            axes.map { hsize_t(max($0.stride, $0.block)) }, axes.map { hsize_t($0.count) },
            axes.map { hsize_t($0.block) })
        if status < 0 { throw place.libraryFailure("read") }
    }

    /// From the first row to the last that is not mapped whole; nil where all is mapped.
    func gap() throws(HDF5Error) -> Range<Int>? {
        guard let space else { return nil }
        var missing: [Range<Int>] = []
        var reached = 0
        for own in rows.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if own.lowerBound > reached { missing.append(reached..<own.lowerBound) }
            reached = max(reached, own.upperBound)
        }
        if reached < shape[0] { missing.append(reached..<shape[0]) }
        guard let first = missing.first, let last = missing.last else { return nil }
        if H5Sget_select_npoints(space.id) <= 0 { return first.lowerBound..<last.upperBound }
        for own in rows {
            try select(
                [Blocks.Axis(start: own.lowerBound, block: own.count)]
                    + shape.dropFirst().map { Blocks.Axis(block: $0) })
        }
        // What is left of all without them.
        let (start, count) = (shape.map { _ in hsize_t(0) }, shape.map { hsize_t($0) })
        guard H5Sselect_hyperslab(space.id, H5S_SELECT_NOTA, start, nil, count, nil) >= 0 else {
            throw place.libraryFailure("read")
        }
        guard H5Sget_select_npoints(space.id) > 0 else { return nil }
        var (least, most) = (start, start)
        guard H5Sget_select_bounds(space.id, &least, &most) >= 0 else { throw place.libraryFailure("read") }
        return Int(least[0])..<Int(most[0]) + 1
    }
}
