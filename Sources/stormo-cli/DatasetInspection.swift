import HDF5
import Kernels
import Recipes

/// What `inspect` says of an HDF5 file of data.
struct DatasetInspection {
    private let file: HDF5File

    init(_ file: HDF5File) { self.file = file }

    func print() throws {
        let (datasets, omitted) = try file.allDatasets()
        Console.print("\(file.path): HDF5 file with \(Figures.count(datasets.count, "dataset"))", style: .bold)
        if !datasets.isEmpty {
            var table = TextTable([
                ("dataset", .left), ("shape", .left), ("type", .left), ("layout", .left), ("filters", .left),
                ("size", .right),
            ])
            for dataset in datasets {
                // What the values take in memory; compression and strings have no such size, nor has what a damaged file
                // claims beyond all numbers.
                let size = dataset.count.multipliedReportingOverflow(by: dataset.elementType.size)
                table.append([
                    dataset.path, "\(Shape(dataset.shape))", "\(dataset.elementType)", Self.words(dataset.layout),
                    dataset.filters.joined(separator: ", "),
                    size.partialValue > 0 && !size.overflow ? Figures.bytes(size.partialValue) : "",
                ])
            }
            Console.print()
            table.print()
        }
        if !omitted.isEmpty { Console.print() }
        for omission in omitted { Console.print("left out: \(omission.path), \(omission.reason)") }
        let owners = [("/", file.attributes)] + datasets.map { ($0.path, $0.attributes) }
        for (path, attributes) in owners {
            for name in try attributes.names { try describe(name, of: path, attributes) }
        }
        let unreadable = omitted.filter { !$0.isLink }
        guard unreadable.isEmpty else {
            for omission in unreadable { Console.error("stormo: \(file.path): \(omission.path): \(omission.reason)") }
            throw ExitStatus.badData
        }
    }

    private static func words(_ layout: HDF5Layout) -> String {
        if case .chunked(let shape) = layout { return "chunks of \(Shape(shape))" }
        return "\(layout)"
    }

    private func describe(_ name: String, of path: String, _ attributes: HDF5Attributes) throws {
        let label = path == "/" ? name : "\(path) \(name)"
        if name == Recipe.attribute, let text = try attributes.stringsIfPresent(name)?.first,
            let recipe = try? Recipe(text: text, file: path)
        {
            Console.print("\n\(label) (\(Figures.count(recipe.columns.count, "column"))):")
            RecipeTable(recipe).print()
        } else if let strings = try attributes.stringsIfPresent(name) {
            Console.print("\n\(label) (\(Figures.count(strings.count))): " + Self.list(strings))
        } else if let numbers = try attributes.doublesIfPresent(name) {
            Console.print("\n\(label) (\(Figures.count(numbers.count))): " + Self.list(numbers.map { "\($0)" }))
        }
    }

    /// The first of many, a few hundred characters at most.
    static func list(_ words: [String]) -> String {
        var text = ""
        for (index, word) in words.enumerated() {
            // One long text, such as a description in JSON, is cut, too.
            let word = word.count > 200 ? word.prefix(200) + "…" : word[...]
            if text.count + word.count > 400 { return text + ", … and \(Figures.count(words.count - index)) more" }
            text += (index > 0 ? ", " : "") + word
        }
        return text.split(separator: "\n").joined(separator: " ")
    }
}
