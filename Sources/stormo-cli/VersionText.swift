import Files
import HDF5
import Interchange
import Kernels
import Preparation

/// What `stormo --version` says: the program's version, those of its libraries, and the instructions that it runs with here,
/// which decide how fast it is and, between machines, the last bits.
enum VersionText {
    static var lines: [String] {
        [
            "stormo \(StormoVersion.current)",
            "HDF5 \(HDF5File.libraryVersion), oneDNN \(KernelLibrary.version), libdeflate \(Checksum.libraryVersion), "
                + ImageLibraries.versions,
            "instructions here: \(KernelLibrary.loopInstructions) in loops of our own, \(KernelLibrary.instructions) in oneDNN's kernels",
        ]
    }
}
