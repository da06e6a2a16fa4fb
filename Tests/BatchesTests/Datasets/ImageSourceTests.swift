import Configuration
import Foundation
import Recipes
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

/// What a config says of images.
struct ImageSourceTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        for name in ["photos/cat", "photos/dog", "more"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: true)
        }
    }

    private func read(_ data: String) throws -> DataConfiguration {
        let text = """
            {"data": {\(data)}, "model": {"layers": [{"type": "dense", "units": 1}]}, "loss": "mean_squared_error",
            "optimizer": "adam", "training": {"epochs": 1, "batch_size": 1}}
            """
        return try RunConfiguration(
            ConfigurationDocument(text: text, file: "c.json"), directory: directory.file("")
        ).data
    }

    @Test func aFolderIsOfImages() throws {
        let data = try read(#""train": {"file": "photos"}, "test": {"file": "more", "images": {}}"#)
        #expect(data.train.table?.images == ImageSource())
        #expect(data.train.inputPaths == ["/inputs"])
        #expect(data.train.targets == "/targets")
        #expect(data.test?.source?.table?.images == ImageSource())
        #expect(data.hasTables)
    }

    @Test func whatIsSaidReadsAgain() throws {
        let data = try read(
            #""train": {"file": "photos", "images": {"size": [4, 5], "channels": 3, "bits": 16, "fit": "crop"}}"#)
        let images = try #require(data.train.table?.images)
        #expect(images.size == [4, 5])
        #expect(images.channels == 3)
        #expect(images.bits == 16)
        #expect(images.fit == .crop)
        #expect(
            data.train.table?.members.map { "\($0.key) \($0.value.jsonText(pretty: false))" } == [
                #"images {"size":[4,5],"channels":3,"bits":16,"fit":"crop"}"#
            ])
        let skipping = try read(#""train": {"file": "photos", "images": {"skip_damaged": true}}, "test": {"file": "more"}"#)
        let table = try #require(skipping.train.table)
        #expect(table.images?.skipsDamaged == true)
        #expect(table.members.map { $0.value.jsonText(pretty: false) } == [#"{"skip_damaged":true}"#])
        #expect(skipping.test?.source?.table?.written(like: table).images?.skipsDamaged == true)
        #expect(try read(#""train": {"file": "none", "images": {"size": 7}}"#).train.table?.images?.size == [7, 7])
        let names = try read(#""train": {"file": "a.csv", "inputs": "file", "targets": "kind", "images": {}}"#)
        #expect(names.train.table?.images == ImageSource())
        #expect(names.train.table?.inputs == ["file"])
        #expect(try read(#""train": {"file": "a.h5", "images": null}"#).train.table == nil)
    }

    @Test(arguments: [
        (
            #""train": {"file": "photos", "targets": "y"}"#,
            "data.train.targets: is for HDF5 files and tables, and this split is a folder of images, whose folders are the "
                + "classes; leave it out"
        ),
        (
            #""train": {"file": ["photos", "a.h5"]}"#,
            "data.train.file: names folders of images and files beside each other; give one or the other"
        ),
        (
            #""train": {"file": "photos"}, "test": {"file": "more", "images": {"size": 4}}"#,
            "data.test.images: is said by data.train, and the images of other splits become the same; leave it empty"
        ),
        (
            #""train": {"file": "photos", "images": {"size": [4, 5, 6]}}"#,
            "data.train.images.size: must be a side, or a height and a width"
        ),
        (
            #""train": {"file": "photos", "images": {"channels": 2}}"#,
            "data.train.images.channels: must be 1 or 3, but is 2"
        ),
        (
            #""train": {"file": "photos", "images": {"fit": "letterbx"}}"#,
            "data.train.images.fit: unknown fit 'letterbx'; did you mean 'letterbox'?"
        ),
        (
            #""train": {"file": "a.csv", "targets": "kind", "images": {}}"#,
            "data.train.inputs: must name the column that holds the names of the images' files"
        ),
        (
            #""train": {"file": "photos", "imges": {}}"#,
            "data.train.imges: unknown key; did you mean 'images'?"
        ),
    ])
    func mistakes(_ data: String, _ sentence: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(data) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(sentence), "\(error.map { "\($0)" } ?? "")")
    }
}
