import Files
import Foundation
import Kernels
import Runs
import Synchronization

/// The standard output and the standard error.
///
/// A reader that goes away, as `head` does, ends the output, not the program: a training goes on to its model file.
enum Console {
    enum Style: String {
        case plain = ""
        case bold = "\u{1B}[1m"
        case dim = "\u{1B}[2m"
        case red = "\u{1B}[1;31m"
        case cyan = "\u{1B}[36m"
        case yellow = "\u{1B}[33m"
    }

    private struct State {
        var isClosed = false
        var failure: String?
        /// How often each remark came.
        var remarks: [RunRemark: Int] = [:]
        /// What waits while a picture covers the terminal; nil while none does.
        var held: [(text: String, style: Style?)]?
        var listener: (@Sendable (String) -> Void)?
    }
    private static let state = Mutex(State())

    /// Why the output could not be written, if it was not just its reader who left.
    static var failure: String? { state.withLock { $0.failure } }

    /// To be called before anything is written. A file that would grow beyond the process's limit is then an error
    /// like a full disk, not the end.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        AlignedMemory.returnLargeBlocks()
    }

    /// Ends the process at once. Nothing is buffered, and the library's threads hold nothing that would be lost.
    static func exit(_ status: Int32) -> Never {
        FullScreen.close()
        release()
        TemporaryFolder.removeAll()
        _exit(status)
    }

    /// Writes lines to the standard output, on a terminal prose within its width.
    static func print(_ text: String = "", style: Style = .plain) {
        if isHeld(text, style) { return }
        let text = ProseWrap.text(text, within: Terminal.output.columns)
        let styled = style == .plain || !Terminal.output.isColored ? printable(text) : paint(text, style)
        write(styled + "\n")
    }

    /// Writes lines to the standard error; a beginning of `stormo:` is set off.
    static func error(_ text: String) {
        if isHeld(text, nil) { return }
        var text = ProseWrap.text(printable(text), within: Terminal.error.columns)
        let name = "stormo:"
        if Terminal.error.isColored, text.hasPrefix(name) { text = paint(name, .red) + text.dropFirst(name.count) }
        _ = writeAll(text + "\n", to: STDERR_FILENO)
    }

    /// Writes warnings to the standard error and then notes to the standard output, a line each; repeated ones are counted.
    /// - Parameter areRepeated: whether those that came before, as in another fold, are counted alone.
    static func remarks(_ remarks: [RunRemark], isQuiet: Bool = false, areRepeated: Bool = false) {
        guard !isQuiet else { return }
        let told = state.withLock { $0.remarks }
        state.withLock { state in
            for remark in Set(remarks) { state.remarks[remark, default: 0] += 1 }
        }
        let remarks = areRepeated ? remarks.filter { told[$0] == nil } : remarks
        for kind in [RunRemark.Kind.warning, .note] {
            for line in SentenceList(remarks.filter { $0.kind == kind }.map(\.sentence)).lines {
                if kind == .warning { error("warning: \(line)") } else { print("note: \(line)") }
            }
        }
    }

    /// How many different remarks came more than once.
    static var repeatedRemarks: Int { state.withLock { $0.remarks.values.count { $0 > 1 } } }

    /// Writes a line to the standard error that may come while a bar is drawn.
    static func note(_ text: String) {
        let isOverBar = Terminal.error.isInteractive && state.withLock { $0.held == nil }
        error((isOverBar ? "\n" : "") + text)
    }

    /// Lines to a terminal wait from now on, since a picture covers it; `release` prints them.
    /// - Parameter listener: is told the lines of the standard error.
    static func hold(_ listener: @escaping @Sendable (String) -> Void) {
        state.withLock { ($0.held, $0.listener) = ([], listener) }
    }

    /// Prints the lines that waited; further calls do nothing.
    static func release() {
        let held = state.withLock { state in
            defer { (state.held, state.listener) = (nil, nil) }
            return state.held ?? []
        }
        for (text, style) in held { if let style { print(text, style: style) } else { error(text) } }
    }

    /// - Parameter style: nil for a line of the standard error.
    private static func isHeld(_ text: String, _ style: Style?) -> Bool {
        guard style == nil ? Terminal.error.isInteractive : Terminal.output.isInteractive else { return false }
        let (isHeld, listener) = state.withLock { state in
            state.held?.append((text, style))
            return (state.held != nil, state.listener)
        }
        if isHeld, style == nil { listener?(text) }
        return isHeld
    }

    /// Writes text as it is to the standard output.
    static func write(_ text: String) {
        state.withLock { state in
            guard !state.isClosed, let code = writeAll(text, to: STDOUT_FILENO) else { return }
            state.isClosed = true
            if code != EPIPE { state.failure = String(cString: strerror(code)) }
        }
    }

    /// Writes bytes as they are to the standard output.
    /// - Returns: whether there is still a reader.
    static func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            guard let code = writeAll(bytes, to: STDOUT_FILENO) else { return true }
            state.isClosed = true
            if code != EPIPE { state.failure = String(cString: strerror(code)) }
            return false
        }
    }

    private static func paint(_ text: String, _ style: Style) -> String {
        style.rawValue + printable(text) + "\u{1B}[0m"
    }

    /// Text from files without what a terminal would obey.
    static func printable(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            (scalar.value < 0x20 && scalar != "\n") || (0x7F...0x9F).contains(scalar.value)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { clean.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(clean)
    }

    /// - Returns: the `errno` of a failure.
    private static func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var bytes = bytes
        while let base = bytes.baseAddress, !bytes.isEmpty {
            let count = Foundation.write(descriptor, base, bytes.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
        }
        return nil
    }
}
