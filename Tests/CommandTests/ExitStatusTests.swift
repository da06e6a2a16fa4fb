import Batches
import Configuration
import Files
import Testing

@testable import HDF5
@testable import stormo_cli

struct ExitStatusTests {
    private struct Other: Error {}

    @Test func mapsErrors() {
        func hdf5(_ kind: HDF5Error.Kind, _ action: String = "read") -> HDF5Error {
            HDF5Error(kind: kind, file: "a.h5", object: nil, action: action, reason: "it is so", libraryMessages: [])
        }
        #expect(ExitStatus(of: ConfigurationError(file: "a.json", problems: [])) == .badConfig)
        #expect(ExitStatus(of: DataError("a")) == .badData)
        #expect(ExitStatus(of: FileError("a")) == .failure)
        #expect(ExitStatus(of: FileError("a", isBadData: true)) == .badData)
        #expect(ExitStatus(of: hdf5(.damaged)) == .badData)
        #expect(ExitStatus(of: hdf5(.missingObject(available: []))) == .badData)
        #expect(ExitStatus(of: hdf5(.writeFailed)) == .failure)
        #expect(ExitStatus(of: hdf5(.cannotOpen, "create")) == .failure)
        #expect(ExitStatus(of: hdf5(.cannotOpen, "open")) == .badData)
        #expect(ExitStatus(of: UsageError("a")) == .usage)
        #expect(ExitStatus(of: Other()) == nil)
    }

    @Test func numbersAreThoseOfSysexits() {
        #expect(ExitStatus.failure.rawValue == 1)
        #expect(ExitStatus.usage.rawValue == 64)
        #expect(ExitStatus.badData.rawValue == 65)
        #expect(ExitStatus.badConfig.rawValue == 78)
    }
}
