import Batches
import Engine
import Foundation
public import Interchange
import Kernels
import Preparation
import Recipes

extension TrainedModel {
    /// The prediction for one row whose columns are named.
    ///
    /// ```swift
    /// let prediction = try model.predict(named: ["age": 41, "job": "fixed"])
    /// print(prediction.className ?? "", prediction.byName ?? [:])
    /// ```
    /// - Throws: as for several rows.
    public func predict(
        named row: [String: ColumnValue], fillsUnknown: Bool = false, warn: (String) -> Void = { _ in }
    ) throws -> Prediction {
        try predict(named: [row], fillsUnknown: fillsUnknown, warn: warn)[0]
    }

    /// The predictions for rows whose columns are named, through the recipe that the model was trained with.
    /// - Parameter fillsUnknown: whether columns that are missing, categories that the model does not know and values that may
    ///   not be missing are taken for missing values, which the recipe fills.
    /// - Parameter warn: called with what is said of a table with such rows, a sentence each: a number without the unit that the
    ///   model's table had, `1,500`, of which nobody knows what the comma divides, a time zone.
    /// - Throws: `DataError` with row, column and value for what the model does not take, or where its columns have no names;
    ///   `KernelError`.
    public func predict(
        named rows: [[String: ColumnValue]], fillsUnknown: Bool = false, warn: (String) -> Void = { _ in }
    ) throws -> [Prediction] {
        guard !rows.isEmpty else { return [] }
        let data = try NamedRows(self, unknown: fillsUnknown ? .missing : .error).dataset(
            rows, warn: warn, note: warn)
        return try predict(data, workers: 1)
    }
}
