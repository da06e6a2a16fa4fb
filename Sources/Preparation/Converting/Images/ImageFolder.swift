import Batches
import Files

/// The images of a folder that has a folder for each class, or one for each split with those of the classes in it.
struct ImageFolder {
    struct Image {
        let path: String
        let label: Int
    }
    /// The images of each split by class and name; one without a name where there are no splits.
    private(set) var splits: [(name: String?, images: [Image])] = []
    /// The names of the classes, sorted.
    private(set) var classNames: [String] = []
    /// Files that are no images by their ending.
    private(set) var others: [String] = []

    private static let splitNames = [
        "train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
        "test": "test",
    ]

    init(_ path: String) throws {
        let folders = try FolderNames.of(path).filter { AtomicFile.isDirectory(path + "/" + $0) }
        guard !folders.isEmpty else {
            throw DataError(
                "\(path) has no folders in it; images are taken from a folder that has one folder for each class")
        }
        let hasSplits = folders.allSatisfy { Self.splitNames[$0.lowercased()] != nil }
        let roots: [(name: String?, path: String)] =
            hasSplits
            ? folders.map { (Self.splitNames[$0.lowercased()], path + "/" + $0) }.sorted {
                Self.order($0.0) < Self.order($1.0)
            }
            : [(nil, path)]
        if Set(roots.map(\.name)).count < roots.count {
            throw DataError("\(path) has two folders for the same split: \(folders.joined(separator: ", "))")
        }
        let found = try roots.map { root in
            try FolderNames.of(root.path).filter { AtomicFile.isDirectory(root.path + "/" + $0) }
        }
        classNames = Set(found.joined()).sorted()
        let labels = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($1, $0) })
        for (root, classes) in zip(roots, found) {
            var images: [Image] = []
            for name in classes {
                let folder = root.path + "/" + name
                for file in try FolderNames.of(folder) {
                    let path = folder + "/" + file
                    let ending = file.split(separator: ".").last?.lowercased() ?? ""
                    if ["png", "jpg", "jpeg"].contains(ending) {
                        images.append(Image(path: path, label: labels[name] ?? 0))
                    } else {
                        others.append(path)
                    }
                }
            }
            guard !images.isEmpty else {
                throw DataError("\(root.path) holds no PNG or JPEG images in folders of classes")
            }
            splits.append((root.name, images))
        }
    }

    static func hasFolders(_ path: String) throws -> Bool {
        try FolderNames.of(path).contains { AtomicFile.isDirectory(path + "/" + $0) }
    }

    private static func order(_ split: String?) -> Int {
        ["train", "validation", "test"].firstIndex(of: split ?? "") ?? 0
    }
}
