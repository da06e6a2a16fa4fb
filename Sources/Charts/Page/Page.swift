/// A page that needs nothing but itself: no network, no script.
package enum Page {
    /// - Parameters:
    ///   - title: as text.
    ///   - body: as HTML.
    package static func html(title: String, body: [String]) -> String {
        let title = Markup.escaped(title)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <title>\(title)</title>
            <style>
            \(StyleSheet.css)
            </style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            \(body.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }
}
