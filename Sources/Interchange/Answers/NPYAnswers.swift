/// A NumPy array, version 1.0 of the format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
/// little-endian float32 in C order, (rows, …) as the dataset `predictions` of an HDF5 file has it: of classes (rows,
/// classes), of binary outputs and numbers (rows, outputs), and of outputs with a row for each position (rows, positions, …).
struct NPYAnswers: AnswerFormat {
    let name = "npy"
    let endings = [".npy"]
    let isTable = false
    let isStream = true

    func problem(with model: TrainedModel) -> String? {
        let count = model.objective.outputs.count
        return count > 1 ? "has \(count) outputs, and a .npy file holds one array" : nil
    }

    func write(_ answers: AnswerStream, to sink: ByteSink) throws {
        let shape = [answers.rows.count] + answers.model.objective.outputs[0].shape.dimensions
        try Self.header(shape).withUnsafeBytes { try sink.append($0) }
        // The machines that this runs on are little-endian.
        try answers.forEach { try $0.values[0].withUnsafeBytes { try sink.append($0) } }
    }

    /// Magic, version, length of the dictionary, and the dictionary, with spaces to a multiple of 64 bytes.
    static func header(_ shape: [Int]) -> [UInt8] {
        let tuple = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var dictionary = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(tuple)), }".utf8)
        let prefix = 10
        while (prefix + dictionary.count + 1) % 64 != 0 { dictionary.append(0x20) }
        dictionary.append(0x0A)
        return [0x93] + Array("NUMPY".utf8)
            + [1, 0, UInt8(dictionary.count & 0xFF), UInt8(dictionary.count >> 8)] + dictionary
    }
}
