import Foundation
import Synchronization
import Testing

/// A pseudo-terminal with a `stormo` on it, and what its screens show.
final class PseudoTerminal: Sendable {
    private let master, slave: Int32
    private let content: Mutex<(text: String, screen: VirtualScreen)>
    private let ended = DispatchSemaphore(value: 0)

    init(columns: Int, rows: Int) throws {
        (master, slave) = try Self.make()
        content = Mutex(("", VirtualScreen(columns: columns, rows: rows)))
        resize(columns: columns, rows: rows)
    }

    deinit { close(master) }

    /// Both ends of a new one.
    static func make() throws -> (master: Int32, slave: Int32) {
        // By the system calls themselves, since posix_openpt and its like are hidden from Swift.
        let (lockRequest, numberRequest): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(master >= 0)
        var (isLocked, number): (Int32, Int32) = (0, 0)
        let status = (ioctl(master, lockRequest, &isLocked), ioctl(master, numberRequest, &number))
        try #require(status == (0, 0))
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(slave >= 0)
        return (master, slave)
    }

    func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        content.withLock { $0.screen.resize(columns: columns, rows: rows) }
    }

    /// Whether what is typed would be shown, as on a terminal that nobody changed.
    var echoes: Bool {
        var settings = termios()
        return tcgetattr(master, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Starts a process whose outputs are here, and its input too where it is to read keys.
    func start(_ process: Process, takesKeys: Bool = false) throws {
        process.standardOutput = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardError = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        if takesKeys { process.standardInput = FileHandle(fileDescriptor: slave, closeOnDealloc: false) }
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            var pending: [UInt8] = []
            while true {
                let count = read(master, &buffer, buffer.count)
                if count <= 0 { break }
                pending += buffer[..<count]
                // A character may be cut in two.
                guard let text = String(validating: pending, as: UTF8.self) else { continue }
                pending = []
                content.withLock { content in
                    content.text += text
                    content.screen.take(text)
                }
            }
        }
    }

    func type(_ text: String) { _ = text.withCString { write(master, $0, strlen($0)) } }

    /// All that was sent.
    var text: String { content.withLock { $0.text } }
    var screen: VirtualScreen { content.withLock { $0.screen } }

    /// Waits until a screen is as it should be.
    func wait(
        _ seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: (VirtualScreen) -> Bool
    ) throws {
        let end = Date() + seconds
        while !condition(screen) {
            try #require(Date() < end, "\(screen.lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
            usleep(5000)
        }
    }

    /// Waits for the process's end, and for the last of what it wrote.
    func finish(_ process: Process, within seconds: Double = 60) throws {
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            Issue.record("it did not end within \(seconds) s: \(screen.lines.joined(separator: "\n"))")
        }
        close(slave)
        // The reader is at most a moment behind.
        var before = -1
        while before != text.utf8.count {
            before = text.utf8.count
            usleep(100_000)
        }
    }
}

/// What a terminal shows that understands as much as dashboards send.
struct VirtualScreen: Sendable {
    private(set) var columns, rows: Int
    private var usual: [[Character]], other: [[Character]]
    /// Whether the other screen is shown.
    private(set) var isOther = false
    private(set) var hasCursor = true
    private var place = (row: 0, column: 0)
    private var usualPlace = (row: 0, column: 0)

    init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        usual = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        other = usual
    }

    mutating func resize(columns: Int, rows: Int) {
        func resized(_ lines: [[Character]]) -> [[Character]] {
            (0..<rows).map { row in
                (0..<columns).map { row < lines.count && $0 < lines[row].count ? lines[row][$0] : " " }
            }
        }
        (usual, other) = (resized(usual), resized(other))
        (self.columns, self.rows) = (columns, rows)
    }

    /// What is to be seen now, without spaces at the ends of lines.
    var lines: [String] { Self.texts(isOther ? other : usual) }

    private static func texts(_ cells: [[Character]]) -> [String] {
        cells.map { line in
            let end = line.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
            return String(line[..<end])
        }
    }

    private var cells: [[Character]] {
        get { isOther ? other : usual }
        set { if isOther { other = newValue } else { usual = newValue } }
    }

    mutating func take(_ text: String) {
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\u{1B}":
                guard scalars.first == "[" else { continue }
                scalars.removeFirst()
                let parameters = scalars.prefix { !$0.properties.isAlphabetic }
                scalars = scalars.dropFirst(parameters.count)
                if let command = scalars.popFirst() {
                    obey(command, String(String.UnicodeScalarView(parameters)))
                }
            case "\r": place.column = 0
            case "\n":
                place.row += 1
                if place.row >= rows {
                    cells.removeFirst()
                    cells.append(Array(repeating: " ", count: columns))
                    place.row = rows - 1
                }
            default:
                guard place.row < rows else { continue }
                if place.column >= columns {
                    // The other screen does not wrap.
                    if isOther { place.column = columns - 1 } else { take("\r\n") }
                }
                cells[place.row][place.column] = Character(scalar)
                place.column += 1
            }
        }
    }

    private mutating func obey(_ command: Unicode.Scalar, _ parameters: String) {
        switch (command, parameters) {
        case ("h", "?1049"): (isOther, usualPlace) = (true, place)
        case ("l", "?1049"): (isOther, place) = (false, usualPlace)
        case ("h", "?25"): hasCursor = true
        case ("l", "?25"): hasCursor = false
        case ("J", "2"): cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        case ("K", ""):
            for column in min(place.column, columns)..<columns { cells[place.row][column] = " " }
        case ("H", _):
            let numbers = parameters.split(separator: ";").compactMap { Int($0) }
            place = ((numbers.first ?? 1) - 1, (numbers.count > 1 ? numbers[1] : 1) - 1)
        default: break
        }
    }
}
