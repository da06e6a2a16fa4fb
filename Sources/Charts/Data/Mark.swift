/// A place on the horizontal axis that has something to say, as the best epoch.
package struct Mark: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case note, warning }
    package var x: Double
    package var label: String
    package var kind: Kind

    package init(_ x: Double, _ label: String, _ kind: Kind = .note) {
        (self.x, self.label, self.kind) = (x, label, kind)
    }
}
