import Recipes

extension Dataset {
    /// Rows of a table from a program, as a model takes them.
    /// - Parameters:
    ///   - values: row-major; NaN where one is missing, codes of categories.
    ///   - recipe: the model's, whose columns they are.
    ///   - isFitted: whether the recipe encodes them; otherwise they go to the model as they are.
    ///   - unknown: what is done with what the model does not know.
    ///   - place: what messages call the rows.
    /// - Throws: `DataError` for numbers that no float holds, `KernelError.outOfMemory`.
    package init(
        table values: [Double], rows: Int, _ recipe: Recipe, for tables: TableRecipes, isFitted: Bool,
        unknown: UnknownValues, place: String
    ) throws {
        // As a table that is converted is stored: a float32 would take large whole numbers, dates and times for their neighbours.
        let isWide = values.indices.contains { index in
            let value = values[index]
            return abs(value) > 0x1p24
                || recipe.columns[index % recipe.columns.count].kind.isDate && Double(Float(value)) != value
                    && !value.isNaN
        }
        let tensor = try StoredTensor(
            isWide ? .float64 : .float32, rows: rows, rowShape: [recipe.columns.count]
        ) { base in
            for (index, value) in values.enumerated() {
                if isWide {
                    base.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
                } else {
                    base.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
                }
            }
        }
        let field = Field(
            type: tensor.type, rowShape: tensor.rowShape, rows: rows,
            parts: Field(tensor, place: place).parts, tensor: tensor, recipe: isFitted ? recipe : nil)
        try self.init(inputs: field)
        if isFitted { self = try encoded(for: tables, unknown: unknown == .error ? .missing : unknown) }
    }
}
