import TestSupport
import Testing

@testable import TensorBoard

struct RecordFrameTests {
    private func records(in file: [UInt8]) -> (records: [[UInt8]], end: Int) {
        var (end, records) = (0, [[UInt8]]())
        while let (bytes, next) = RecordFrame.record(in: file, at: end) {
            records.append(Array(bytes))
            end = next
        }
        return (records, end)
    }

    @Test func recordsComeBack() {
        let written: [[UInt8]] = [[], [7], Array(0...255), Array(repeating: 0, count: 5000)]
        let file = written.flatMap(RecordFrame.around)
        #expect(file.count == written.reduce(0) { $0 + $1.count + 16 })
        #expect(records(in: file).records == written)
        #expect(records(in: file).end == file.count)
    }

    /// The record of three bytes as TensorFlow 2.15's `TFRecordWriter` writes it.
    @Test func theBytesAreThoseOfTensorFlow() {
        #expect(
            RecordFrame.around(Array("abc".utf8)) == [
                3, 0, 0, 0, 0, 0, 0, 0, 176, 153, 73, 14, 97, 98, 99, 110, 87, 241, 33,
            ])
    }

    /// Whatever byte of a record is changed, or wherever the file ends, no record comes from there on.
    @Test func damageIsNoticed() {
        let first = RecordFrame.around(Array("abc".utf8))
        let file = first + RecordFrame.around(Array("defg".utf8))
        for index in file.indices {
            var damaged = file
            damaged[index] ^= 0x10
            #expect(records(in: damaged).end == (index < first.count ? 0 : first.count), "byte \(index)")
            #expect(records(in: Array(file[..<index])).end == (index < first.count ? 0 : first.count))
        }
        // A length beyond all files.
        let long = Array(repeating: UInt8(0xFF), count: 64)
        #expect(records(in: long).end == 0)
    }
}
