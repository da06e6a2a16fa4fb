import Files
import HDF5
import Network

/// The file that `predict` writes.
public enum Predictions {
    /// Writes predictions as the dataset `predictions` (samples, …) and, for a classifier over classes, the largest
    /// one's index of each sample as `labels`, with the class names as an attribute.
    /// - Parameter values: row-major, as `Evaluator.predict` gives them.
    /// - Throws: `HDF5Error` or `FileError` where it can't be written; nothing half-written stays.
    public static func write(_ values: [Float], of model: TrainedModel, to path: String) throws {
        let shape = model.objective.outputShape
        let samples = values.count / shape.count
        try AtomicFile.replace(path) { sibling in
            let file = try HDF5File.create(sibling)
            let predictions = try file.root.createDataset(
                "predictions", .float32, shape: [samples] + shape.dimensions)
            try predictions.write(values)
            if model.objective.targetForm.classes != nil {
                let classes = shape.last
                let labels = stride(from: 0, to: values.count, by: classes).map { start -> Int64 in
                    let row = values[start..<start + classes]
                    return Int64((row.indices.max { row[$0] < row[$1] } ?? start) - start)
                }
                let dataset = try file.root.createDataset(
                    "labels", .int64, shape: [samples] + shape.dimensions.dropLast())
                try dataset.write(labels)
                if let names = model.classNames { try dataset.attributes.set("class_names", names) }
            }
            try file.close()
        }
    }
}
