/// The version that files and the command line name.
public enum StormoVersion {
    public static let current = "0.1.0"
}
