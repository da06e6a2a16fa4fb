import Kernels

extension Dataset {
    /// Of samples that are series, (steps, values), the last step's values that the targets go on: by the columns' names,
    /// or where there are no names and as many values as targets, in their order.
    /// - Parameter width: the numbers that are predicted for a sample.
    /// - Returns: samples × `width`, row-major; nil where the samples are no such series.
    /// - Throws: `HDF5Error` and `DataError` where rows can't be read.
    package func lastValues(of width: Int) throws -> [Float]? {
        guard fields(.input).count == 1, fields(.target).count == 1, inputs.encoder == nil, inputs.rowShape.rank == 2,
            inputs.rowShape[0] > 1, inputs.type.isFloatingPoint
        else { return nil }
        let values = inputs.rowShape[1]
        let (features, targets) = (
            codeNames.lists[CodeNames.inputColumns]?.names, codeNames.lists[CodeNames.targetColumns]?.names
        )
        var places = Array(0..<values)
        if let features, let targets, features.count == values, targets.count == width {
            let found = targets.compactMap { features.firstIndex(of: $0) }
            guard found.count == width else { return nil }
            places = found
        } else if values != width {
            return nil
        }
        let last = (inputs.rowShape[0] - 1) * values
        let row = inputs.rowShape.count
        var result: [Float] = []
        result.reserveCapacity(count * width)
        let block = max(1, (4 << 20) / max(inputs.rowBytes, 1))
        for start in stride(from: 0, to: count, by: block) {
            let rows = try inputs.features(selection, start..<min(start + block, count))
            var numbers = [Float](repeating: 0, count: rows.rows * values)
            rows.forEach { index, value in
                let place = index % row - last
                if place >= 0 { numbers[index / row * values + place] = Float(value) }
            }
            for sample in 0..<rows.rows { for place in places { result.append(numbers[sample * values + place]) } }
        }
        return result
    }
}
