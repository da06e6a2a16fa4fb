import Batches
import Foundation
import Testing

@testable import Preparation

struct FolderNamesTests {
    private func make(_ fixture: ConvertingFixture, _ name: [UInt8]) throws {
        var path = Array((fixture.path + "/photos/").utf8) + name + [0]
        #expect(path.withUnsafeMutableBytes { mkdir($0.baseAddress!.assumingMemoryBound(to: CChar.self), 0o700) } == 0)
    }

    @Test func namesAreSortedWithoutTheHidden() throws {
        let fixture = try ConvertingFixture()
        for name in ["b/x", "a/x", ".c/x", "\u{FC}/x"] { try fixture.write("", to: "photos/\(name)") }
        #expect(try FolderNames.of(fixture.file("photos")) == ["a", "b", "\u{FC}"])
        #expect(try FolderNames.of(fixture.file("none")) == [])
    }

    @Test("Two classes in Latin-1 would become one broken name")
    func namesThatAreNotUTF8() throws {
        let fixture = try ConvertingFixture()
        try fixture.write("", to: "photos/cat/a.png")
        try make(fixture, [0x4A, 0xFC, 0x72, 0x67])
        try make(fixture, [0x4A, 0xF6, 0x72, 0x67])
        defer { system("rm -rf '\(fixture.path)/photos'") }
        for look in [
            { _ = try ImageList(folder: fixture.file("photos")) }, { _ = try SourceFormat(of: fixture.file("photos")) },
        ] {
            let error = #expect(throws: DataError.self) { try look() }
            let sentences = ["FC", "F6"].map {
                "\(fixture.file("photos")) holds 'J\\x\($0)rg', a name that is not UTF-8; rename it, as by convmv -f latin1 "
                    + "-t utf8"
            }
            #expect(sentences.contains("\(error?.description ?? "")"))
        }
    }
}
