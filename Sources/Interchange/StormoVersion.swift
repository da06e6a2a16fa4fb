/// Stormo's version, as in the files that it writes and on the command line.
public enum StormoVersion {
    public static let current = "0.1.0"
}
