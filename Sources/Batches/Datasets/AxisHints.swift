import HDF5
import Kernels

/// Signs that the axes of a dataset are not those that training expects: the samples first, the channels last.
package enum AxisHints {
    /// Sentences; none where nothing is suspicious.
    /// - Parameter key: of the config, which puts the axes in order: that of inputs, or that of targets, which have no
    ///   channels.
    package static func sentences(_ dataset: HDF5Dataset, key: String = "transpose_inputs") -> [String] {
        let shape = dataset.shape
        let place = "\(dataset.filePath): \(dataset.path)"
        // Targets are mostly longer down than across; where they are not, the samples may be across.
        let isLikely = key == "transpose_inputs" || shape.count > 1 && shape[0] < shape[shape.count - 1]
        if shape.count > 1, isLikely, (try? dataset.attributes.contains("MATLAB_class")) == true {
            return [
                "\(place) was written by MATLAB, which turns the order of the axes round: here it is \(Shape(shape)); "
                    + "\"\(key)\": \(Array(shape.indices.reversed())) in the config gives "
                    + "\(Shape(shape.reversed())), as MATLAB shows it"
            ]
        }
        if key == "transpose_inputs", shape.count == 4, [1, 3].contains(shape[1]), shape[2] == shape[3], shape[3] > 4 {
            return [
                "\(place) is \(Shape(shape)), which looks like images with the channels first; they are taken as rows of "
                    + "\(shape[1])×\(shape[2]) with \(shape[3]) channels; \"transpose_inputs\": [0, 2, 3, 1] in the config "
                    + "puts the channels last"
            ]
        }
        return []
    }
}
