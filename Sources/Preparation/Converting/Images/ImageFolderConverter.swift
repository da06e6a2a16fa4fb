import Batches
import Files
internal import HDF5

/// How images become rows.
package struct ImageOptions: Sendable {
    /// Height and width; nil where all images are of one size, which is then theirs.
    package var height: Int?
    package var width: Int?
    package var isGrayscale = false
    /// Whether images that can't be decoded are left out rather than refused.
    package var skipsDamaged = false

    package init() {}
}

/// Converts a folder that has a folder of PNG and JPEG images for each class: `inputs` uint8 (rows, height, width,
/// channels), `targets` int32 (rows), and the folders' names, sorted, as `class_names`.
///
/// Where the folders are named `train`, `validation` (or `val`) and `test`, each is a split with folders of classes.
/// Images are resized by averaging, without regard to their proportions, and laid on white where they are transparent.
/// Needs the package trait `Images`.
package struct ImageFolderConverter: Converter {
    package let path: String
    package let options: ImageOptions

    package init(_ path: String, options: ImageOptions = ImageOptions()) {
        self.path = path
        self.options = options
    }

    #if !Images
        /// - Throws: `FileError` always, since this build has no libgd.
        package func convert(
            to target: ConversionTarget, progress: (PreparationProgress) -> Void
        ) throws -> ConversionReport {
            throw FileError(
                "\(path): this build of Stormo can't decode images; install libgd (libgd-dev) and build it again with "
                    + "'swift build -c release --traits Images'")
        }
    #else
        package func convert(
            to target: ConversionTarget, progress: (PreparationProgress) -> Void
        ) throws -> ConversionReport {
            let folder = try ImageFolder(path)
            var report = ConversionReport()
            var splits = folder.splits
            let decoder = try makeDecoder(splits.flatMap(\.images))
            let damaged = options.skipsDamaged ? try removeDamaged(&splits, decoder) : []
            let total = splits.reduce(0) { $0 + $1.images.count }
            try DatasetFile.write(target.file) { file in
                var done = 0
                for (split, images) in splits {
                    let group = target.path(split: split)
                    let inputs = try RowWriter(
                        file, group + "/inputs", .uint8, rowShape: decoder.shape, rows: images.count,
                        storage: target.storage)
                    let targets = try RowWriter(
                        file, group + "/targets", .int32, rowShape: [], rows: images.count, storage: target.storage)
                    try targets.dataset.attributes.set("class_names", folder.classNames)
                    try decoder.decode(images.map(\.path)) { rows, _ in
                        try inputs.append(rows)
                        progress(
                            PreparationProgress(done: done + inputs.count, total: total, rows: done + inputs.count))
                    }
                    try inputs.finish()
                    try targets.append(images.map { Int32($0.label) })
                    try targets.finish()
                    done += images.count
                    report.datasets += [.init(inputs.dataset), .init(targets.dataset, classNames: folder.classNames)]
                }
            }
            if let first = damaged.first {
                report.notes.append(
                    "\(damaged.count) damaged \(damaged.count == 1 ? "image was" : "images were") left out: \(first)")
            }
            if let first = folder.others.first {
                report.notes.append(
                    "\(folder.others.count) \(folder.others.count == 1 ? "file is" : "files are") no PNG or JPEG by "
                        + "the ending and left out, such as \(first)")
            }
            return report
        }

        /// A decoder for the size that is asked for, or that all images have.
        private func makeDecoder(_ images: [ImageFolder.Image]) throws -> ImageDecoder {
            if let height = options.height, let width = options.width {
                guard (1...16_384).contains(height), (1...16_384).contains(width) else {
                    throw DataError("images of \(height)×\(width) can't be made; each side has 1 to 16384 pixels")
                }
                return ImageDecoder(height: height, width: width, isGrayscale: options.isGrayscale)
            }
            var first: (path: String, header: ImageHeader)?
            for image in images {
                let header: ImageHeader
                do {
                    header = try ImageDecoder.read(image.path).header
                } catch {
                    if options.skipsDamaged { continue }
                    throw error
                }
                guard let first else {
                    first = (image.path, header)
                    continue
                }
                guard first.header.width == header.width, first.header.height == header.height else {
                    throw DataError(
                        "\(image.path) has \(header.height)×\(header.width) pixels, but \(first.path) has "
                            + "\(first.header.height)×\(first.header.width); give the size that all shall have, as in "
                            + "--size \(first.header.height)x\(first.header.width)")
                }
            }
            guard let header = first?.header else { throw DataError("\(path) holds no image that can be decoded") }
            return ImageDecoder(height: header.height, width: header.width, isGrayscale: options.isGrayscale)
        }

        /// Decodes everything once to know which images are whole.
        private func removeDamaged(
            _ splits: inout [(name: String?, images: [ImageFolder.Image])], _ decoder: ImageDecoder
        ) throws -> [String] {
            var damaged: [String] = []
            for index in splits.indices {
                var bad: Set<Int> = []
                try decoder.decode(splits[index].images.map(\.path), skipsDamaged: true) { _, failures in
                    for (image, sentence) in failures {
                        bad.insert(image)
                        damaged.append(sentence)
                    }
                }
                splits[index].images = splits[index].images.enumerated().filter { !bad.contains($0.offset) }.map(
                    \.element)
                guard !splits[index].images.isEmpty else {
                    throw DataError(
                        "\(path) holds no image that can be decoded\(splits[index].name.map { " for \($0)" } ?? "")")
                }
            }
            return damaged
        }
    #endif
}
