internal import CHDF5

/// Parts of a file that carry a version which the installed library does not know, as later releases write them.
enum NewerForm {
    /// The sentence for a call that met such a part; nil where it failed for another reason.
    ///
    /// A damaged byte can look like a version, so the sentence does not rule damage out.
    static func words(_ messages: [String]) -> String? {
        guard let cause = messages.first(where: isAboutVersion), let colon = cause.range(of: ": ") else { return nil }
        let (major, minor, release) = Library.version
        // The versions of types and selections that 1.12 (2020) brought.
        let isOf112 = ["datatype message", "hyperslab selection"].contains { cause.contains($0) }
        let reader = isOf112 && (major, minor) < (1, 12) ? "HDF5 1.12 and later read it" : "a later release reads it"
        return "it is in a form that the installed HDF5 library, \(major).\(minor).\(release), does not know "
            + "(\(cause[colon.upperBound...])): \(reader), or the file is damaged; to write it so that this "
            + "one reads it, leave out h5py's libver=\"latest\" or give libver=(\"earliest\", \"v110\")"
    }

    private static func isAboutVersion(_ message: String) -> Bool {
        let text = message.lowercased()
        return [
            "bad version number", "wrong version", "unknown version", "incorrect version", "bad superblock version",
        ]
        .contains { text.contains($0) } || (text.contains("wrong") && text.hasSuffix(" version"))
    }
}
