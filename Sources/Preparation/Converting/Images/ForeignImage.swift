import Files
import Foundation

/// A form of images that Stormo does not decode, told by its first bytes. Each is refused with the line of Python that makes a
/// PNG of it.
enum ForeignImage: String, CaseIterable {
    case tiff = "a TIFF image"
    case gif = "a GIF image"
    case bmp = "a BMP image"
    case heif = "an HEIF image"
    case avif = "an AVIF image"
    case jpeg2000 = "a JPEG 2000 image"
    case netpbm = "a PNM image"

    /// The endings of their names, by which they are found in a folder.
    static let endings: Set<String> = [
        "tif", "tiff", "gif", "bmp", "heic", "heif", "avif", "jp2", "pgm", "ppm", "pbm", "pnm",
    ]

    /// Nil for anything else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func has(_ text: String, at offset: Int) -> Bool {
            bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
        }
        let tiffs: [[UInt8]] = [
            [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
        ]
        if tiffs.contains(where: { bytes.starts(with: $0) }) {
            self = .tiff
        } else if has("GIF8", at: 0) {
            self = .gif
        } else if has("BM", at: 0), bytes.count >= 18, bytes[15] == 0, bytes[16] == 0, bytes[17] == 0 {
            // The size of the header, which is small, in four bytes.
            self = .bmp
        } else if has("ftyp", at: 4) {
            self = ["avif", "avis"].contains { has($0, at: 8) } ? .avif : .heif
        } else if bytes.starts(with: [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20])
            || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
        {
            self = .jpeg2000
        } else if bytes.count > 2, bytes[0] == UInt8(ascii: "P"),
            (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(bytes[1]), [0x20, 0x09, 0x0A, 0x0D].contains(bytes[2])
        {
            self = .netpbm
        } else {
            return nil
        }
    }

    /// What it is, and the line that makes a PNG of it: the rest of a sentence that begins with the file.
    func advice(_ path: String) -> String {
        let opener = self == .heif ? "from pillow_heif import register_heif_opener as r; r(); " : ""
        return "is \(rawValue), which stormo does not read; make a PNG of it: \(Self.line(path, opener))"
    }

    /// A line for a shell, by which Pillow makes a PNG. The file is kept under a name that is no image's, so that its folder
    /// can be read; no file is replaced.
    /// - Parameter opener: a statement before.
    static func line(_ path: String, _ opener: String = "") -> String {
        let target = free((path as NSString).deletingPathExtension + ".png", else: path, ".png")
        let kept = free(path + ".original", else: path, ".original")
        let code =
            "import os; \(opener)from PIL import Image; Image.open(\(quoted(path))).save(\(quoted(target))); "
            + "os.rename(\(quoted(path)), \(quoted(kept)))"
        return "python3 -c \(ShellWord.quoted(code))"
    }

    /// A name that no file has: the given one, or the path's with a number and an ending.
    private static func free(_ name: String, else path: String, _ ending: String) -> String {
        var (own, number) = (name, 1)
        while access(own, F_OK) == 0 {
            own = number == 1 && ending == ".png" ? path + ending : "\(path).\(number)\(ending)"
            number += 1
        }
        return own
    }

    /// As Python takes it.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}
