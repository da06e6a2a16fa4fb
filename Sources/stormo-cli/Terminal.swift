import Foundation

/// What an output can show.
struct Terminal: Sendable {
    private let descriptor: Int32
    /// Whether lines can be redrawn in place.
    let isInteractive: Bool
    /// Whether styles may be used; `NO_COLOR` forbids them (https://no-color.org).
    let isColored: Bool
    /// Whether more than ASCII can be drawn.
    let isUnicode: Bool

    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        func variable(_ name: String) -> String? {
            guard let value = getenv(name), value.pointee != 0 else { return nil }
            return String(cString: value)
        }
        let kind = variable("TERM")
        isInteractive = isatty(descriptor) == 1 && kind != nil && kind != "dumb"
        isColored = isInteractive && variable("NO_COLOR") == nil
        let locale = (variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? "").lowercased()
        isUnicode = locale.contains("utf-8") || locale.contains("utf8")
    }

    /// The number of columns as of now; nil where there is no terminal, or one that does not say.
    var columns: Int? { size?.columns }

    /// As of now; nil where there is no terminal, or one that does not say.
    var size: (columns: Int, rows: Int)? {
        var size = winsize()
        guard isInteractive, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
