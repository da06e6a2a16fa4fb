import ArgumentParser

/// The commands that make datasets and look at them.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Make HDF5 datasets from what there is, and look at them.",
        subcommands: [
            Convert.self, InspectData.self, Head.self, Rechunk.self, Split.self, Synthesize.self,
        ])
}
