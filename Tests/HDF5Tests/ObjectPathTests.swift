import Testing

@testable import HDF5

struct ObjectPathTests {
    @Test func pathsBecomePlain() {
        #expect(ObjectPath.resolve("train/x") == "/train/x")
        #expect(ObjectPath.resolve("/train//./x/") == "/train/x")
        #expect(ObjectPath.resolve("x", from: "/a/b") == "/a/b/x")
        #expect(ObjectPath.resolve("/x", from: "/a/b") == "/x")
        #expect(ObjectPath.resolve("") == "/")
        #expect(ObjectPath.resolve(".", from: "/a") == "/a")
    }

    @Test func theStepsOfAPath() {
        #expect(ObjectPath.ancestorsAndSelf(of: "/a/b") == ["/", "/a", "/a/b"])
        #expect(ObjectPath.ancestorsAndSelf(of: "/") == ["/"])
    }

    @Test func longListsAreCutShort() {
        #expect(sentenceList(["a", "b"]) == "a, b")
        #expect(sentenceList((1...23).map(String.init)).hasSuffix("19, 20 and 3 more"))
    }
}
