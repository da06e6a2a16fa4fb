/// A table in a page.
package enum HTMLTable {
    package static func html(_ table: DataTable) -> String {
        let head = table.columns.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }.joined()
        let rows = table.rows.map { row in
            "<tr>" + row.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>"
        }
        return "<table><thead><tr>\(head)</tr></thead>\n<tbody>\(rows.joined(separator: "\n"))</tbody></table>"
    }
}
