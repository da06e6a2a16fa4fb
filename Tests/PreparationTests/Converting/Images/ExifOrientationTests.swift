import TestSupport
import Testing

@testable import Preparation

struct ExifOrientationTests {
    private func orientation(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { ExifOrientation.of($0) } }

    @Test func nonsenseLeavesAnImageAsItIs() {
        #expect(orientation([]) == 1)
        #expect(orientation(ImageFixture.exif(0)) == 1)
        #expect(orientation(ImageFixture.exif(9)) == 1)
        #expect(orientation(ImageFixture.exif(65_535)) == 1)
        let whole = ImageFixture.exif(6)
        #expect(orientation(whole) == 6)
        // Cut off anywhere before the value.
        for count in 0..<32 { #expect(orientation(Array(whole[..<count])) == 1) }
        // A directory far away, and one at the very end.
        for place: [UInt8] in [
            [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [UInt8(whole.count - 1), 0, 0, 0],
        ] {
            var own = whole
            own.replaceSubrange(4..<8, with: place)
            #expect(orientation(own) == 1)
        }
        // A value of another type.
        var other = whole
        other[24] = 4
        #expect(orientation(other) == 1)
    }

    @Test func anyByteMayBeWrong() {
        var random = SeededRandom(3)
        for _ in 0..<2000 {
            var own = ImageFixture.exif(3)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                own[Int.random(in: own.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            #expect((1...8).contains(orientation(own)))
        }
    }
}
