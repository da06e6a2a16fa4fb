import Configuration
import Engine
import Files
import Foundation
import Machine

extension RunRecord {
    package static func path(_ directory: String) -> String { directory + "/" + fileName }

    // MARK: - Reading

    /// Reads the record of a run.
    /// - Returns: nil where the directory has no such file, as that of a run of before.
    /// - Throws: `FileError` for a file that is damaged.
    package init?(directory: String) throws {
        let path = Self.path(directory)
        guard access(path, F_OK) == 0 else { return nil }
        do {
            let document = try ConfigurationDocument(contentsOf: path)
            let diagnostics = Diagnostics()
            let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
            self.init()
            root.requireFormat(Self.format)
            processes = root.objects("processes").compactMap { Process($0) }
            fields = root.objects("data").compactMap { Field($0) }
            layers = root.strings("layers") ?? []
            epochs = root.objects("epochs").compactMap { Epoch($0, layers: layers.count) }
            for (earlier, epoch) in zip(epochs, epochs.dropFirst()) where epoch.epoch <= earlier.epoch {
                root.fail("must ascend, but \(epoch.epoch) follows \(earlier.epoch)", key: "epochs")
                break
            }
            warnings = root.objects("warnings").compactMap { Warning($0) }
            leftOut = root.integer("warnings_left_out", in: 0..., default: 0)
            notes = root.strings("notes") ?? []
            try diagnostics.throwIfAny(file: path)
        } catch {
            throw FileError("\(path) is damaged: \(error)", isBadData: true)
        }
        every = Self.spacing(of: epochs)
    }

    /// What all epochs but the last are apart from the first, at the least.
    private static func spacing(of epochs: [Epoch]) -> Int {
        guard epochs.count > 2 else { return 1 }
        var every = 1
        while epochs.dropLast().allSatisfy({ ($0.epoch - 1) % (2 * every) == 0 }), every < 1 << 30 { every *= 2 }
        return every
    }

    // MARK: - Writing

    /// Writes the file, whole or not at all.
    /// - Throws: `FileError` where it can't be written.
    package func write(to directory: String) throws { try AtomicFile.replace(Self.path(directory), with: text) }

    /// An element of a list is a line.
    var text: String {
        func list(_ nodes: [JSONNode]) -> String {
            nodes.isEmpty
                ? "[]" : "[\n    " + nodes.map { $0.jsonText(pretty: false) }.joined(separator: ",\n    ") + "\n  ]"
        }
        return """
            {
              "format": \(Self.format),
              "processes": \(list(processes.map(\.node))),
              "data": \(list(fields.map(\.node))),
              "layers": \(JSONNode(layers.map { JSONNode($0) }).jsonText(pretty: false)),
              "epochs": \(list(epochs.map(\.node))),
              "warnings": \(list(warnings.map(\.node))),
              "warnings_left_out": \(leftOut),
              "notes": \(list(notes.map { JSONNode($0) }))
            }

            """
    }
}

/// Members in order, without those that are nil.
private func object(_ members: [(String, JSONNode?)]) -> JSONNode {
    JSONNode(.object(members.compactMap { key, value in value.map { JSONNode.Member(key: key, value: $0) } }))
}

/// Four digits, which is more than times and norms are worth.
private func short(_ value: Double) -> JSONNode {
    guard value.isFinite, value != 0 else { return JSONNode(value) }
    return JSONNode(Double(String(format: "%.4g", value)) ?? value)
}

private func shorts(_ values: [Double]) -> JSONNode? {
    values.isEmpty || !values.allSatisfy(\.isFinite) ? nil : JSONNode(values.map(short))
}

extension RunRecord.Process {
    fileprivate init?(_ reader: ObjectReader) {
        func date(_ key: String) -> Date? {
            guard let text = reader.requiredString(key) else { return nil }
            if let date = try? Date(text, strategy: .iso8601) { return date }
            reader.fail("must be a time such as 2026-01-31T12:00:00Z, but is '\(text)'", key: key)
            return nil
        }
        guard let started = date("started"), let ended = date("ended"),
            let workers = reader.requiredInteger("workers", in: 1...),
            let shards = reader.requiredInteger("shards", in: 1...)
        else { return nil }
        let versions = reader.object("versions")
        let machine = reader.object("machine")
        self.init(
            started: started, ended: ended, command: reader.strings("command") ?? [], workers: workers, shards: shards,
            versions: Dictionary(
                (versions?.presentKeys ?? []).compactMap { key in versions?.optionalString(key).map { (key, $0) } },
                uniquingKeysWith: { first, _ in first }),
            machine: MachineDescription(
                cpu: machine?.optionalString("cpu"), cpus: machine?.optionalInteger("cpus", in: 1...) ?? 1,
                memory: machine?.optionalInteger("memory", in: 0...) ?? 0,
                loops: machine?.optionalString("loops") ?? "", kernels: machine?.optionalString("kernels") ?? ""))
    }

    fileprivate var node: JSONNode {
        object([
            ("started", JSONNode(started.formatted(.iso8601))), ("ended", JSONNode(ended.formatted(.iso8601))),
            ("command", JSONNode(command.map { JSONNode($0) })), ("workers", JSONNode(workers)),
            ("shards", JSONNode(shards)),
            ("versions", object(versions.sorted { $0.key < $1.key }.map { ($0.key, JSONNode($0.value)) })),
            (
                "machine",
                object([
                    ("cpu", machine.cpu.map { JSONNode($0) }), ("cpus", JSONNode(machine.cpus)),
                    ("memory", JSONNode(machine.memory)), ("loops", JSONNode(machine.loops)),
                    ("kernels", JSONNode(machine.kernels)),
                ])
            ),
        ])
    }
}

extension RunRecord.Field {
    fileprivate init?(_ reader: ObjectReader) {
        guard let split = reader.requiredString("split"), let role = reader.requiredString("role"),
            let place = reader.requiredString("place"), let rows = reader.requiredInteger("rows", in: 0...)
        else { return nil }
        self.init(
            split: split, role: role, name: reader.optionalString("name"), place: place, rows: rows,
            shape: reader.integers("shape", in: 0...) ?? [], type: reader.string("type", default: ""))
    }

    fileprivate var node: JSONNode {
        object([
            ("split", JSONNode(split)), ("role", JSONNode(role)), ("name", name.map { JSONNode($0) }),
            ("place", JSONNode(place)), ("rows", JSONNode(rows)), ("shape", JSONNode(shape.map { JSONNode($0) })),
            ("type", JSONNode(type)),
        ])
    }
}

extension RunRecord.Epoch {
    fileprivate init?(_ reader: ObjectReader, layers: Int) {
        guard let epoch = reader.requiredInteger("epoch", in: 1...),
            let step = reader.requiredInteger("step", in: 0...), let seconds = reader.requiredNumber("seconds")
        else { return nil }
        self.init(
            epoch: epoch, step: step, seconds: seconds, training: reader.number("training", default: seconds),
            validation: reader.optionalNumber("validation"),
            samplesPerSecond: reader.number("samples_per_second", default: 0))
        gradientNorms = reader.numbers("gradient_norms") ?? []
        if !gradientNorms.isEmpty, gradientNorms.count != layers {
            reader.fail("has \(gradientNorms.count) numbers, but there are \(layers) layers", key: "gradient_norms")
        }
        measuredSteps = reader.integer("measured_steps", in: 0..., default: 0)
        guard let own = reader.object("phases") else { return }
        let byPhase = StepProfile.Phase.allCases.map { own.numbers("\($0)") ?? [] }
        let workers = byPhase.map(\.count).max() ?? 0
        guard byPhase.allSatisfy({ $0.count == workers }) else {
            reader.fail("must have as many numbers in each phase as there are workers", key: "phases")
            return
        }
        phases = (0..<workers).map { worker in byPhase.map { $0[worker] } }
    }

    fileprivate var node: JSONNode {
        object([
            ("epoch", JSONNode(epoch)), ("step", JSONNode(step)), ("seconds", short(seconds)),
            ("training", short(training)), ("validation", validation.map(short)),
            ("samples_per_second", short(samplesPerSecond)), ("gradient_norms", shorts(gradientNorms)),
            // Not a plain nil, which would be JSON's null.
            ("measured_steps", measuredSteps > 0 ? JSONNode(measuredSteps) : Optional.none),
            (
                "phases",
                measuredSteps == 0
                    ? Optional.none
                    : object(
                        StepProfile.Phase.allCases.map { phase in
                            ("\(phase)", JSONNode(phases.map { short($0[phase.rawValue]) }))
                        })
            ),
        ])
    }
}

extension RunRecord.Warning {
    fileprivate init?(_ reader: ObjectReader) {
        guard let kind = reader.requiredChoice("kind", of: TrainingWarning.Kind.self),
            let sentence = reader.requiredString("sentence")
        else { return nil }
        self.init(
            kind: kind, epoch: reader.integer("epoch", in: 0..., default: 0),
            step: reader.integer("step", in: 0..., default: 0), layer: reader.optionalString("layer"),
            sentence: sentence, count: reader.integer("count", in: 1..., default: 1))
    }

    fileprivate var node: JSONNode {
        object([
            ("kind", JSONNode(kind.rawValue)), ("epoch", JSONNode(epoch)), ("step", JSONNode(step)),
            ("layer", layer.map { JSONNode($0) }), ("sentence", JSONNode(sentence)), ("count", JSONNode(count)),
        ])
    }
}
