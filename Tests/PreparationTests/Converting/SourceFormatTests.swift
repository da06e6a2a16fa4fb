import Batches
import Files
import Testing

@testable import Preparation

struct SourceFormatTests {
    @Test func contentsComeBeforeNames() throws {
        let fixture = try ConvertingFixture()
        func format(_ bytes: [UInt8], _ name: String) throws -> SourceFormat {
            try SourceFormat(of: fixture.write(bytes, to: name))
        }
        #expect(try format(Array("a,b\n".utf8), "a.CSV") == .csv)
        #expect(try format(Array("a\tb\n".utf8), "a.tsv") == .tsv)
        #expect(try format(Array("abc".utf8), "a.txt") == .text)
        #expect(try format([0x1F, 0x8B, 8, 0], "a.csv.gz") == .csv)
        #expect(try format([0x1F, 0x8B, 8, 0], "train-images-idx3-ubyte.gz") == .idx)
        #expect(try format([0, 0, 8, 3, 0, 0, 0, 1], "whatever") == .idx)
        #expect(try format([0x93] + Array("NUMPY\u{1}".utf8), "a.csv") == .npy)
        #expect(try format(Array("PK\u{3}\u{4}".utf8), "a.npz") == .npz)
        try fixture.write("", to: "photos/cat/1.png")
        #expect(try SourceFormat(of: fixture.file("photos")) == .images)
        #expect(try SourceFormat(of: fixture.file("photos/cat")) == .images)
        #expect(try format([0x89, 0x50, 0x4E, 0x47], "one.png") == .images)
        try fixture.write("", to: "mnist/train-images-idx3-ubyte")
        #expect(try SourceFormat(of: fixture.file("mnist")) == .idx)
        #expect(
            throws: DataError(
                "\(fixture.file("a.dat")): what this is can't be told from its contents or its ending; say --format csv, tsv, "
                    + "idx, npy, npz, images, text (one of them)")
        ) { try format([1, 2, 3], "a.dat") }
        #expect(
            throws: DataError(
                "\(fixture.file("a.h5")) is an HDF5 file already; train from it, or look at it by 'stormo inspect'")
        ) { try format([0x89, 0x48, 0x44, 0x46], "a.h5") }
        let parquet = fixture.file("a.parquet")
        #expect(
            throws: DataError(
                "\(parquet) is a Parquet file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; "
                    + "pandas.read_parquet(\"\(parquet)\").to_csv(\"\(fixture.file("a.csv"))\", index=False)'")
        ) { try format(Array("PAR1".utf8), "a.parquet") }
        #expect(throws: FileError("cannot open none.csv: there is no such file", isBadData: true)) {
            try SourceFormat(of: "none.csv")
        }
    }
}
