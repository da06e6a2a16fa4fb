import Configuration

/// What `body` says when it fails; nil when it does not.
func sentence(_ body: () throws(ConfigurationError) -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return error.description
    }
}

func root(_ text: String) throws -> JSONNode { try ConfigurationDocument(text: text, file: "a.json").root }
