import Batches
import Files
internal import Configuration
internal import Kernels
internal import Recipes

/// Images of a folder, the first or those that are asked for, in the order in which they are converted; or a single one.
package struct FolderHead: Sendable {
    package struct Image: Sendable {
        /// Counted from 0, through all splits.
        package let number: Int
        /// As predictions call it.
        package let name: String
        /// Its class; nil where nothing says one.
        package let label: String?
        fileprivate let path: String
    }

    package let images: [Image]
    /// How many there are.
    package let total: Int
    package let classNames: [String]?

    /// The most pixels a side of what is drawn.
    private static let side = 32

    /// Whether a path is a folder with images, or with folders that may hold some.
    package static func isFolder(_ path: String) -> Bool {
        AtomicFile.isDirectory(path) && (try? ImageList.isOfImages(path)) ?? false
    }

    /// Whether a path is such a folder, or an image by its ending.
    package static func reads(_ path: String) -> Bool { isFolder(path) || ImageList.isImage(path) }

    /// - Parameters:
    ///   - wanted: the numbers of the images; nil for the first ones.
    ///   - className: the class that these are of; nil for any.
    /// - Throws: `DataError` and `FileError` where there are no images, and where there is no such one or no such class.
    package init(_ path: String, count: Int, rows wanted: [Int]? = nil, of className: String? = nil) throws {
        let list = AtomicFile.isDirectory(path) ? try ImageList(folder: path) : ImageList(files: [path])
        let all = list.images
        if let row = wanted?.first(where: { $0 >= all.count }) {
            throw DataError(
                "\(path) has \(all.count == 1 ? "1 image" : "\(all.count) images"), so there is no image \(row); they are "
                    + "counted from 0")
        }
        (total, classNames) = (all.count, list.classNames)
        var numbers = Array(all.indices)
        if let className {
            guard let label = list.classNames?.firstIndex(of: className) else {
                throw DataError(
                    list.classNames.map { "\(path): \(unknownWord(className, noun: "class", among: $0))" }
                        ?? "\(path) has no classes, so there is no class '\(className)'")
            }
            numbers = numbers.filter { all[$0].label == label }
        }
        images = (wanted ?? Array(numbers.prefix(count))).map { number in
            let image = all[number]
            return Image(
                number: number, name: image.name, label: image.label.flatMap { list.classNames?[$0] }, path: image.path)
        }
    }

    /// The images as pictures of one size.
    /// - Throws: `DataError` and `FileError` for one that can't be decoded.
    package func pictures() throws -> [CharacterPicture] {
        let paths = images.map(\.path)
        let survey = try ImageSurvey(paths)
        if let (_, sentence) = survey.failures.first { throw DataError(sentence) }
        let side = min(max(survey.heights.last ?? 0, survey.widths.last ?? 0, 4), Self.side)
        let recipe = ImageRecipe(
            height: side, width: side, channels: survey.greys == survey.count ? 1 : 3, fit: .letterbox)
        var rows: [[Float]] = []
        try ImageDecoder(recipe: recipe).decode(paths) { block, _ in
            rows += stride(from: 0, to: block.count, by: recipe.rowBytes).map { start in
                block[start..<start + recipe.rowBytes].map { Float($0) }
            }
        }
        let range = CharacterPicture.range(of: rows.joined(), areBytes: true)
        return rows.map { CharacterPicture($0, shape: Shape([side, side, recipe.channels]), range: range) }
    }
}
