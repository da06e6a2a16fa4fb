/// What a mark is drawn in: a name that a page gives a colour for light and for dark, and the light one as the plain
/// attribute that programs without style sheets, such as librsvg, draw.
///
/// The series' colours are those of Okabe and Ito ("Color Universal Design", 2008), which people with any kind of colour
/// blindness tell apart, darkened or lightened until each has a contrast of 3 : 1 with the page. No series is told by colour
/// alone: see `SeriesStyle`.
package enum Paint: Hashable, Sendable {
    case ink, quiet, rest, grid, paper, warning
    /// Taken around where there are more series than colours.
    case series(Int)
    /// A level of a heat map, from 0 to `heatLevels` − 1.
    case heat(Int)
    /// Text on that level.
    case onHeat(Int)

    static let seriesCount = 7
    package static let heatLevels = 9

    /// The custom property's name, without its dashes.
    var name: String {
        switch self {
        case .ink: "ink"
        case .quiet: "quiet"
        case .rest: "rest"
        case .grid: "grid"
        case .paper: "paper"
        case .warning: "warning"
        case .series(let index): "s\(index % Self.seriesCount)"
        case .heat(let level): "h\(level)"
        case .onHeat(let level): "t\(level)"
        }
    }

    private static let lightSeries = ["#0072b2", "#c24f00", "#00805a", "#a8467f", "#806600", "#2f83b5", "#1a1a1a"]
    private static let darkSeries = ["#56b4e9", "#ff9147", "#2ec99c", "#e39bc6", "#f0e442", "#a9d8f5", "#f2f2f2"]
    // From the page's colour to a blue of the other end; each as bright as its level says.
    private static let lightHeat = [
        "#f4f8fb", "#dfebf5", "#c6dcee", "#a6c9e3", "#7fb2d6", "#5596c4", "#2f79ae", "#0f5d93", "#084573",
    ]
    private static let darkHeat = [
        "#1c2733", "#1d3347", "#1e405c", "#205072", "#276389", "#4f8ab0", "#77a9ca", "#a3c9e1", "#d6e9f5",
    ]

    var light: String {
        switch self {
        case .ink: "#1a1a1a"
        case .quiet: "#555555"
        case .rest: "#8c8c8c"
        case .grid: "#dddddd"
        case .paper: "#ffffff"
        case .warning: "#b00020"
        case .series(let index): Self.lightSeries[index % Self.seriesCount]
        case .heat(let level): Self.lightHeat[level]
        case .onHeat(let level): level < 5 ? "#1a1a1a" : level == 5 ? "#000000" : "#ffffff"
        }
    }

    var dark: String {
        switch self {
        case .ink: "#ececec"
        case .quiet: "#b4b4b4"
        case .rest: "#757575"
        case .grid: "#3c3c3c"
        case .paper: "#16181b"
        case .warning: "#ff8a80"
        case .series(let index): Self.darkSeries[index % Self.seriesCount]
        case .heat(let level): Self.darkHeat[level]
        case .onHeat(let level): level < 5 ? "#ffffff" : "#000000"
        }
    }

    /// All that a page's style sheet names.
    static let all: [Paint] =
        [.ink, .quiet, .rest, .grid, .paper, .warning] + (0..<seriesCount).map { .series($0) }
        + (0..<heatLevels).map { .heat($0) } + (0..<heatLevels).map { .onHeat($0) }

    var stroke: String { "class=\"k-\(name)\" stroke=\"\(light)\"" }
    var fill: String { "class=\"f-\(name)\" fill=\"\(light)\"" }
}
