/// How pages look: light and dark, as the reader's system asks, and on paper always light.
package enum StyleSheet {
    package static let css = """
        :root { color-scheme: light dark; \(properties(\.light)) }
        @media screen and (prefers-color-scheme: dark) { :root { \(properties(\.dark)) } }
        \(classes)
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 Arial, Helvetica, "Liberation Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        main, header { max-width: 980px; margin: 0 auto; padding: 0 10px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 20px 0 8px; }
        h2 { font-size: 20px; line-height: 1.3; margin: 32px 0 8px; }
        a { color: var(--s0); }
        figure { margin: 0 0 28px; }
        figcaption { margin-bottom: 6px; }
        figcaption span, .remark { color: var(--quiet); }
        .remark { margin: 4px 0; font-size: 14px; }
        figure > svg { display: none; max-width: none; }
        figure > svg.narrow { display: block; }
        @media screen and (min-width: 496px) { figure > svg.narrow { display: none; } figure > svg.small { display: block; } }
        @media screen and (min-width: 676px) { figure > svg.small { display: none; } figure > svg.paper { display: block; } }
        @media screen and (min-width: 740px) { figure > svg.paper { display: none; } figure > svg.middle { display: block; } }
        @media screen and (min-width: 1000px) { figure > svg.middle { display: none; } figure > svg.wide { display: block; } }
        @media print { figure > svg.narrow { display: none; } figure > svg.paper { display: block; } figure { break-inside: avoid; } details { display: none; } }
        summary { cursor: pointer; font-size: 14px; color: var(--quiet); min-height: 24px; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .scroll { overflow: auto; max-height: 360px; }
        table { border-collapse: collapse; font-size: 14px; overflow-wrap: normal; }
        th, td { padding: 3px 10px 3px 0; text-align: left; border-bottom: 1px solid var(--grid); vertical-align: top; }
        td { font-variant-numeric: tabular-nums; }
        :focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
        """

    private static func properties(_ color: (Paint) -> String) -> String {
        Paint.all.map { "--\($0.name): \(color($0));" }.joined(separator: " ")
    }

    private static var classes: String {
        Paint.all.map {
            ".k-\($0.name) { stroke: var(--\($0.name)); } .f-\($0.name) { fill: var(--\($0.name)); }"
        }.joined(separator: "\n")
    }
}
