import Configuration
import Kernels
import Network
import RunSupport
import Testing

@testable import Batches
@testable import Runs

@Suite struct NormalizationConfigurationTests {
    private static let forms: [(String, Normalization)] = [
        ("none", .none), ("standardize", .standardize), ("min_max", .minMax), ("scale", .scale),
        (#"{"type": "none"}"#, .none), (#"{"type": "standardize"}"#, .standardize),
        (#"{"type": "standardize", "per": "feature"}"#, .standardize(per: .feature)),
        (#"{"type": "min_max", "per": "all"}"#, .minMax(per: .all)),
        (#"{"type": "scale", "per": "channel"}"#, .scale(per: .channel)),
        (#"{"type": "constants", "offset": 127.5, "scale": 0.0078125}"#, .constants(offset: [127.5], scale: [1 / 128])),
        (#"{"type": "constants", "offset": [1, 2]}"#, .constants(offset: [1, 2])),
        (#"{"type": "constants", "scale": [1, -0.5]}"#, .constants(scale: [1, -0.5])),
    ]

    @Test(arguments: forms.indices)
    func theFormsAreRead(index: Int) throws {
        let (text, normalization) = Self.forms[index]
        #expect(try RunConfiguration(smallest("data.normalize=\(text)"), directory: "").data.normalize == normalization)
    }

    @Test func whatIsWrittenReadsAsTheSame() throws {
        for (_, normalization) in Self.forms {
            let text = NormalizationConfiguration.configuration(normalization).jsonText(pretty: false)
            let read = try RunConfiguration(smallest("data.normalize=\(text)"), directory: "").data.normalize
            #expect(read == normalization)
        }
        #expect(NormalizationConfiguration.configuration(.standardize) == "standardize")
    }

    @Test func missingIsNone() throws {
        #expect(try RunConfiguration(smallest(), directory: "").data.normalize == .none)
    }

    private static let wrong = [
        (
            "null",
            ": must be one of 'none', 'standardize', 'min_max', 'scale', or an object, but is null"
        ),
        ("[1]", ": must be one of 'none', 'standardize', 'min_max', 'scale', or an object, but is [1]"),
        ("minmax", ": unknown normalize 'minmax'; did you mean 'min_max'?"),
        (
            "constants",
            #": needs the numbers, as in {"type": "constants", "offset": 127.5, "scale": 0.0078125}"#
        ),
        (#"{"per": "all"}"#, ".type: is missing; give one of 'none', 'standardize', 'min_max', 'scale', 'constants'"),
        (#"{"type": "min_max", "per": "chanel"}"#, ".per: unknown scope 'chanel'; did you mean 'channel'?"),
        (#"{"type": "scale", "offset": 1}"#, ".offset: unknown key; known: 'type', 'per'"),
        (#"{"type": "none", "per": "all"}"#, ".per: unknown key; known: 'type'"),
        (#"{"type": "constants"}"#, ": needs 'offset', 'scale' or both, each a number or a list of numbers"),
        (#"{"type": "constants", "scale": 0}"#, ".scale: must not be 0, which would leave nothing of the inputs"),
        (
            #"{"type": "constants", "scale": [1, 0]}"#,
            ".scale[1]: must not be 0, which would leave nothing of the inputs"
        ),
        (
            #"{"type": "constants", "offset": []}"#,
            ".offset: must be a list of numbers, at least one, but is an empty list"
        ),
        (
            #"{"type": "constants", "offset": "a"}"#, #".offset: must be a number or a list of numbers, but is "a""#
        ),
        (#"{"type": "constants", "offset": [1, "a"]}"#, ".offset[1]: must be a number, but is the string \"a\""),
    ]

    @Test(arguments: wrong.indices)
    func sentences(index: Int) throws {
        let (text, sentence) = Self.wrong[index]
        #expect(mistakes(try smallest("data.normalize=\(text)")) == ["data.normalize\(sentence)"])
    }
}
