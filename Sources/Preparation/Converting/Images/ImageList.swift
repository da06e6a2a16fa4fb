import Batches
import Files
import Foundation

/// The images of a source in their order, with the names that are given back with predictions, and with labels where the
/// source says them.
struct ImageList {
    struct Image: Hashable {
        let path: String
        /// As it is given back: the path in its folder, or the path itself.
        let name: String
        let label: Int?
    }
    struct Split {
        /// Nil where there are no splits.
        let name: String?
        var images: [Image]
    }

    var splits: [Split] = []
    /// The names of the classes, sorted; nil where nothing says labels.
    private(set) var classNames: [String]?
    /// What was left out, a sentence each.
    private(set) var notes: [String] = []

    var images: [Image] { splits.flatMap(\.images) }

    private static let splitNames = [
        "train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
        "test": "test",
    ]
    private static let order = ["train", "validation", "test"]

    init(_ images: [Image]) { splits = [Split(name: nil, images: images)] }

    /// Files as they are named.
    init(files: [String]) {
        self.init(files.map { Image(path: $0, name: $0, label: nil) })
    }

    /// A folder that has a folder for each class, or one for each split with those of the classes in it, or images alone,
    /// which then have no labels.
    /// - Throws: `DataError` where there are none.
    init(folder path: String) throws {
        guard AtomicFile.isDirectory(path) else { throw DataError("\(path) is no folder") }
        let folders = try Self.folders(in: path)
        guard !folders.isEmpty else {
            let (images, others) = try Self.files(in: path, label: nil, below: path)
            guard !images.isEmpty else {
                throw DataError(
                    "\(path) holds no images (PNG, JPEG or WebP), neither beside each other nor in a folder for each class"
                )
            }
            splits = [Split(name: nil, images: images)]
            note(others, "no image by the ending")
            return
        }
        let roots = try Self.roots(path, folders)
        let found = try roots.map { try Self.folders(in: $0.path) }
        let names = Set(found.joined()).sorted()
        let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var (others, loose, deeper): ([String], [String], [String]) = ([], [], [])
        var empty = Set(names)
        for (root, classes) in zip(roots, found) {
            var images: [Image] = []
            for name in classes {
                let folder = root.path + "/" + name
                let own = try Self.files(in: folder, label: labels[name], below: path)
                if !own.images.isEmpty { empty.remove(name) }
                images += own.images
                others += own.others
                deeper += try Self.folders(in: folder).map { folder + "/" + $0 }
            }
            guard !images.isEmpty else {
                throw DataError("\(root.path) holds no images (PNG, JPEG or WebP) in folders of classes")
            }
            loose += try Self.files(in: root.path, label: nil, below: path).images.map(\.path)
            splits.append(Split(name: root.name, images: images))
        }
        if let name = empty.sorted().first {
            throw DataError(
                "\(roots[0].path)/\(name) holds no images (PNG, JPEG or WebP), and a folder stands for a class; put some into "
                    + "it, or remove it")
        }
        classNames = names
        note(others, "no image by the ending")
        note(loose, "beside the folders of the classes")
        if let first = deeper.first {
            notes.append(
                "\(deeper.count == 1 ? "1 folder" : "\(deeper.count) folders") inside those of the classes "
                    + "\(deeper.count == 1 ? "was" : "were") not looked into, such as \(first)")
        }
    }

    private mutating func note(_ files: [String], _ reason: String) {
        guard let first = files.first else { return }
        notes.append(
            files.count == 1
                ? "1 file is \(reason) and was left out: \(first)"
                : "\(files.count) files are \(reason) and were left out, such as \(first)")
    }

    /// The folders of the splits; the path itself where there are none.
    private static func roots(_ path: String, _ folders: [String]) throws -> [(name: String?, path: String)] {
        guard folders.allSatisfy({ splitNames[$0.lowercased()] != nil }) else { return [(nil, path)] }
        let roots = folders.map { (name: splitNames[$0.lowercased()], path: path + "/" + $0) }
        if Set(roots.map(\.name)).count < roots.count {
            throw DataError("\(path) has two folders for the same split: \(folders.joined(separator: ", "))")
        }
        func place(_ name: String?) -> Int { order.firstIndex(of: name ?? "") ?? 0 }
        return roots.sorted { place($0.name) < place($1.name) }
    }

    private static func folders(in path: String) throws -> [String] {
        try FolderNames.of(path).filter { AtomicFile.isDirectory(path + "/" + $0) }
    }

    /// The images of one folder, and the files that are none.
    private static func files(
        in folder: String, label: Int?, below root: String
    ) throws -> (images: [Image], others: [String]) {
        var (images, others): ([Image], [String]) = ([], [])
        for file in try FolderNames.of(folder) {
            let path = folder + "/" + file
            if isImage(file) {
                images.append(Image(path: path, name: String(path.dropFirst(root.count + 1)), label: label))
            } else if !AtomicFile.isDirectory(path) {
                others.append(path)
            }
        }
        return (images, others)
    }

    /// Whether a file is an image by its ending: one that is decoded, or one that is refused with the way to a PNG.
    static func isImage(_ name: String) -> Bool {
        guard let point = name.lastIndex(of: ".") else { return false }
        let ending = name[name.index(after: point)...].lowercased()
        return ["png", "jpg", "jpeg", "jfif", "webp"].contains(ending) || ForeignImage.endings.contains(ending)
    }

    /// Whether a folder is one of images, rather than of other files.
    static func isOfImages(_ path: String) throws -> Bool {
        try FolderNames.of(path).contains { isImage($0) || AtomicFile.isDirectory(path + "/" + $0) }
    }
}
