import Foundation
import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Files
@testable import Interchange
@testable import Runs

enum CheckpointFixture {
    static func checkpoint(step: Int = 40, scale: Float = 1) throws -> Checkpoint {
        let model = try ModelFixture.trained(
            ModelFixture.mlp(), metrics: [.accuracy], configuration: ["name": "digits"])
        let count = model.objective.layout.count
        var vectors: [String: AlignedMemory] = [:]
        for (place, name) in ["best", "moment_1", "moment_2"].enumerated() {
            let vector = try AlignedMemory(floats: count)
            for index in 0..<count { vector.floats[index] = Float(index * (place + 1)) * scale }
            vectors[name] = vector
        }
        vectors["moment_2"]?.floats[3] = .infinity
        return Checkpoint(
            model: model, vectors: vectors,
            numbers: ["history": [0.1, -.infinity, .infinity, .nan, -0.0], "nothing": []],
            integers: ["step": [step], "epoch": [3], "extremes": [.min, .max]])
    }
}

@Suite struct CheckpointFileTests {
    private func bits(_ memory: AlignedMemory?, _ count: Int) -> [UInt32] {
        memory.map { memory in (0..<count).map { memory.floats[$0].bitPattern } } ?? []
    }

    @Test func everythingComesBackExactly() throws {
        let directory = try TestDirectory()
        let path = directory.file("a.h5")
        let checkpoint = try CheckpointFixture.checkpoint()
        try checkpoint.save(path)
        #expect(directory.listing == ["a.h5"])
        let read = try Checkpoint(contentsOf: path)
        let count = checkpoint.model.objective.layout.count
        #expect(ModelFixture.bits(read.model) == ModelFixture.bits(checkpoint.model))
        #expect(read.model.configuration == checkpoint.model.configuration)
        #expect(read.vectors.keys.sorted() == ["best", "moment_1", "moment_2"])
        for name in read.vectors.keys {
            #expect(bits(read.vectors[name], count) == bits(checkpoint.vectors[name], count))
        }
        #expect(
            read.numbers.mapValues { $0.map(\.bitPattern) } == checkpoint.numbers.mapValues { $0.map(\.bitPattern) })
        #expect(read.integers == checkpoint.integers)
        // A checkpoint is a model file too.
        #expect(try ModelFixture.bits(TrainedModel(contentsOf: path)) == ModelFixture.bits(checkpoint.model))
    }

    @Test func theSameCheckpointMakesTheSameBytes() throws {
        let directory = try TestDirectory()
        try CheckpointFixture.checkpoint().save(directory.file("a.h5"))
        try CheckpointFixture.checkpoint().save(directory.file("b.h5"))
        #expect(FileManager.default.contentsEqual(atPath: directory.file("a.h5"), andPath: directory.file("b.h5")))
        try CheckpointFixture.checkpoint(step: 41).save(directory.file("b.h5"))
        #expect(!FileManager.default.contentsEqual(atPath: directory.file("a.h5"), andPath: directory.file("b.h5")))
    }

    private func sentence(_ change: (HDF5File) throws -> Void) throws -> String {
        let directory = try TestDirectory()
        let path = directory.file("a.h5")
        try CheckpointFixture.checkpoint().save(path)
        let file = try HDF5File.open(path, writable: true)
        try change(file)
        try file.close()
        do {
            _ = try Checkpoint(contentsOf: path)
            return "nothing"
        } catch {
            return "\(error)".replacingOccurrences(of: path, with: "a.h5")
        }
    }

    @Test func damageIsNamed() throws {
        #expect(
            try sentence { try $0.dataset("/checkpoint/numbers/history").write([1, 2, 3, 4, 5.0]) }
                == "a.h5 is damaged: /checkpoint/numbers/history does not hold what was written: its checksum differs")
        #expect(
            try sentence { try $0.dataset("/checkpoint/vectors/best").write([Float(9)], rows: 0..<1) }
                == "a.h5 is damaged: /checkpoint/vectors/best does not hold what was written: its checksum differs")
        #expect(
            try sentence { try $0.group("/checkpoint").attributes.set("format", 1) }
                == "a.h5 is a checkpoint of an earlier version of stormo, whose optimizers and learning rate schedules "
                + "computed otherwise, so that the run would not go on as it began; begin it anew, or go on with that "
                + "version")
        #expect(
            try sentence { try $0.group("/checkpoint").attributes.set("format", 3) }
                == "a.h5 is a checkpoint of another version of stormo; use that version to go on from it")
        #expect(
            try sentence { try $0.group("/checkpoint").attributes.set("integers", ["step"]) }
                == "a.h5 is damaged: the attributes of /checkpoint are not those that were written: their checksum "
                + "differs")
    }

    @Test func namesAndShapesAreChecked() throws {
        func naming(_ kind: String, _ names: [String]) throws -> String {
            try sentence {
                let own = try $0.group("/checkpoint").attributes
                try own.set(kind, names)
                try Checksum.seal(own)
            }
        }
        #expect(try naming("vectors", ["best"]) == "nothing")
        #expect(
            try naming("vectors", ["../numbers/history"])
                == "a.h5 is damaged: '../numbers/history' is no name for one of its vectors")
        #expect(try naming("integers", ["step", "step"]) == "a.h5 is damaged: its integers have one name twice")
        #expect(
            try naming("numbers", ["lost"]).hasPrefix("no dataset '/checkpoint/numbers/lost' in a.h5; it has: "))
        #expect(
            try sentence { file in
                try file.root.createDataset("/checkpoint/vectors/short", .float32, shape: [7]).write(
                    [Float](repeating: 0, count: 7))
                let own = try file.group("/checkpoint").attributes
                try own.set("vectors", ["short"])
                try Checksum.seal(own)
            }
                == "a.h5 is damaged: /checkpoint/vectors/short is float32 of 7, but the checkpoint has float32 of 80 "
                + "there")
    }

    @Test func aModelIsNoCheckpoint() throws {
        let directory = try TestDirectory()
        let path = directory.file("model.h5")
        try ModelFixture.trained(ModelFixture.mlp()).save(path)
        #expect(
            throws: FileError(
                "\(path) is no checkpoint that stormo wrote: it has no group /checkpoint", isBadData: true)
        ) { try Checkpoint(contentsOf: path) }
    }

    /// Every byte of the file in turn would take long: a stride of them, each time another bit.
    @Test func aFlippedBitIsNoticedOrHarmless() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let path = directory.file("a.h5")
            let checkpoint = try CheckpointFixture.checkpoint()
            try checkpoint.save(path)
            let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let count = checkpoint.model.objective.layout.count
            for place in stride(from: 0, to: original.count, by: 53) {
                var bytes = original
                bytes[place] ^= 1 << UInt8(place % 8)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                guard let read = try? Checkpoint(contentsOf: path) else { continue }
                // What is accepted is what was written.
                #expect(ModelFixture.bits(read.model) == ModelFixture.bits(checkpoint.model), "byte \(place)")
                #expect(read.integers == checkpoint.integers, "byte \(place)")
                #expect(read.model.configuration == checkpoint.model.configuration, "byte \(place)")
                for (name, vector) in checkpoint.vectors {
                    let same = read.vectors[name].map { memcmp($0.base, vector.base, count * 4) == 0 }
                    #expect(same == true, "byte \(place), \(name)")
                }
            }
        }
    }

    @Test func tooLittleRoomIsSaidBeforeAnythingIsWritten() throws {
        let directory = try TestDirectory()
        let path = directory.file("a.h5")
        let free = try #require(FreeSpace.free(at: directory.path))
        try FreeSpace.require(free / 2, for: path)
        let error = #expect(throws: FileError.self) { try FreeSpace.require(1 << 60, for: path) }
        #expect(
            error?.description.hasPrefix(
                "\(path) can't be written: it takes 1152921504606846976 bytes, and its disk has ")
                == true)
    }

    @Test func aFullDiskCostsNothingThatWasThere() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let path = directory.file("a.h5")
            try CheckpointFixture.checkpoint().save(path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(throws: FileError("\(path) can't be written: File too large")) {
                try CheckpointFixture.checkpoint(step: 41).save(path)
            }
            #expect(try Checkpoint(contentsOf: path).integers["step"] == [40])
            #expect(directory.listing == ["a.h5"])
        }
    }
}
