import Charts
import Foundation

/// A run or a model as a page that needs nothing but itself: the sections that it has what is needed for.
package enum Report {
    /// - Parameter refresh: after how many seconds the page is to load itself again, as while a run goes on; nil for never.
    package static func html(
        _ source: ReportSource, sections: [any ReportSection] = ReportSections.all, refresh: Int? = nil
    ) -> String {
        var (links, parts): ([String], [String]) = ([], [])
        /// What can't be shown, by the reason, which often is the same for several.
        var missing: [(reason: String, titles: [String])] = []
        for section in sections {
            do {
                guard let html = try section.html(source) else { continue }
                let title = Markup.escaped(section.title)
                links.append("<a href=\"#\(section.anchor)\">\(title)</a>")
                parts.append("<section id=\"\(section.anchor)\">\n<h2>\(title)</h2>\n\(html)\n</section>")
            } catch {
                let reason = "\(error)"
                if let index = missing.firstIndex(where: { $0.reason == reason }) {
                    missing[index].titles.append(section.title)
                } else {
                    missing.append((reason, [section.title]))
                }
            }
        }
        let remarks = missing.map {
            "<p class=\"remark\">Not shown: \(Markup.escaped($0.titles.joined(separator: ", "))), since \(Markup.escaped($0.reason)).</p>"
        }
        let page = Page.html(
            title: source.name, body: ["<nav>\(links.joined(separator: " "))</nav>"] + parts + remarks,
            refresh: refresh)
        return source.showsRows ? page : Privacy.withoutHomes(page)
    }
}

/// What a page for others should not tell.
enum Privacy {
    /// A text with `~` in place of the home directories that paths begin with.
    static func withoutHomes(_ text: String) -> String {
        let own = Markup.escaped(NSHomeDirectory())
        let text = own.count > 1 ? text.replacing(own, with: "~") : text
        return text.replacing(/\/(home|Users)\/[^\/\s"'<>&]+/, with: "~")
    }
}
