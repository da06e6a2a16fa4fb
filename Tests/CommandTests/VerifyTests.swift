import Foundation
import HDF5
import Testing

@testable import Files
@testable import Interchange
@testable import Runs

struct VerifyTests {
    /// A run's directory stands for what is in it.
    @Test func aRunsModelAndCheckpoints() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--quiet")
        let verified = try workspace.run("verify", "runs/three")
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(verified.lines.first?.hasPrefix("runs/three/model.h5: model 'three'") == true, "\(verified.output)")
        #expect(verified.lines.dropFirst().allSatisfy { $0.hasPrefix("runs/three/checkpoints/") })
        #expect(
            try workspace.run("inspect", "runs/three").output == workspace.run("inspect", "runs/three/model.h5").output)
        try FileManager.default.removeItem(atPath: workspace.path + "/runs/three/model.h5")
        let without = try workspace.run("predict", "runs/three", "data.h5")
        #expect(
            without.status == 64
                && without.errors
                    == "stormo: runs/three is a run that has no model.h5 yet: it is written when training ends; stormo runs "
                    + "runs/three tells how it stands\n",
            "\(without.errors)")
    }

    private func trained() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run")
        return workspace
    }

    private func change(_ workspace: Workspace, _ body: (HDF5File) throws -> Void) throws {
        let file = try HDF5File.open(workspace.path + "/run/model.h5", writable: true)
        try body(file)
        try file.close()
    }

    @Test func aGoodModelIsOk() throws {
        let result = try trained().run("verify", "run/model.h5")
        #expect(result.status == 0)
        #expect(result.lines == ["run/model.h5: model 'three', 67 parameters: ok"])
    }

    @Test func aGoodCheckpointTellsWhereItStands() throws {
        let workspace = try trained()
        let model = try TrainedModel(contentsOf: workspace.path + "/run/model.h5")
        try Checkpoint(model: model, integers: ["step": [1200], "epoch": [12]]).save(workspace.path + "/a.h5")
        let result = try workspace.run("verify", "a.h5", "run/model.h5")
        #expect(result.status == 0)
        #expect(
            result.lines == [
                "a.h5: checkpoint 'three' at step 1,200, epoch 12, 67 parameters: ok",
                "run/model.h5: model 'three', 67 parameters: ok",
            ])
    }

    @Test func eachThingThatIsWrongIsNamed() throws {
        let workspace = try trained()
        try change(workspace) { file in
            try file.dataset("/model_weights/logits/logits/bias:0").write([0, 0, 0] as [Float])
            let kernel = try file.dataset("/model_weights/dense/dense/kernel:0")
            var values = try kernel.read(Float.self)
            values[3] = .nan
            try kernel.write(values)
            try kernel.attributes.set("crc32", values.withUnsafeBytes { Checksum.of($0) })
            try file.group("/model_weights").attributes.set("backend", "other")
        }
        let result = try workspace.run("verify", "run/model.h5")
        #expect(result.status == 65)
        #expect(
            result.lines == [
                "run/model.h5: model 'three', 67 parameters: damaged, 3 problems",
                "  the attributes of /model_weights are not those that were written: their checksum differs",
                "  /model_weights/dense/dense/kernel:0 holds numbers that are not finite",
                "  /model_weights/logits/logits/bias:0 does not hold what was written: its checksum differs",
            ])
        // And it is of no use elsewhere.
        let evaluation = try workspace.run("evaluate", "run/model.h5", "--data", "data.h5")
        #expect(evaluation.status == 65)
        #expect(evaluation.errors.hasPrefix("stormo: run/model.h5 is damaged: the attributes of /model_weights"))
    }

    @Test func otherFilesAreNamedAndTheRestIsStillLookedAt() throws {
        let workspace = try trained()
        try workspace.write("text", to: "text.h5")
        let result = try workspace.run("verify", "text.h5", "data.h5", "none.h5", "run/model.h5")
        #expect(result.status == 65)
        #expect(
            result.errors == """
                stormo: cannot open text.h5: it is not an HDF5 file
                stormo: cannot open none.h5: there is no such file

                """)
        #expect(
            result.lines == [
                "data.h5: model: damaged, 1 problem",
                "  data.h5 is an HDF5 file, but not a model that stormo wrote: it has no group /stormo",
                "run/model.h5: model 'three', 67 parameters: ok",
            ])
    }
}
