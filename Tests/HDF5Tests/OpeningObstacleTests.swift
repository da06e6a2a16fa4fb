import CHDF5
import CLockFailure
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct OpeningObstacleTests {
    private func lock(_ code: Int32) -> [String] {
        [
            "H5FD_sec2_lock: unable to lock file, errno = \(code), error message = '\(String(cString: strerror(code)))'",
            "H5F_open: unable to lock the file", "H5Fopen: unable to open file",
        ]
    }

    @Test func theReasonIsWhatWasSeen() {
        #expect(OpeningObstacle(messages: lock(EAGAIN)) == .locked("Resource temporarily unavailable"))
        #expect(OpeningObstacle(messages: lock(ENOLCK)) == .withoutLocks("No locks available"))
        #expect(OpeningObstacle(messages: lock(ENOSYS)) == .withoutLocks("Function not implemented"))
        #expect(OpeningObstacle(messages: lock(EOPNOTSUPP)) == .withoutLocks("Operation not supported"))
        let write =
            "H5F_open: file is already open for write (may use <h5clear file> to clear file consistency flags)"
        #expect(OpeningObstacle(messages: [write]) == .markedAsWritten)
        #expect(OpeningObstacle(messages: ["H5F_open: file is already open for read-only"]) == .openHere)
        let many = "H5FD_sec2_open: unable to open file: name = 'a', errno = 24, error message = 'Too many open files'"
        #expect(OpeningObstacle(messages: [many]) == .tooManyFiles("Too many open files"))
        #expect(OpeningObstacle(messages: ["H5F_open: bad object header"]) == nil)
    }

    @Test func theSentencesSayWhatToDo() {
        #expect(
            OpeningObstacle.locked("Resource temporarily unavailable").reason(path: "a.h5")
                == "it is locked by another process (Resource temporarily unavailable), most likely a program that is "
                + "writing it; close it there, or wait for it to end")
        #expect(
            OpeningObstacle.withoutLocks("No locks available").reason(path: "a.h5")
                == "its file system gives no locks (No locks available); if no program writes the file, set "
                + "HDF5_USE_FILE_LOCKING=FALSE in the environment")
        #expect(
            OpeningObstacle.markedAsWritten.reason(path: "a.h5")
                == "it is marked as being written: a program is writing it now, or ended without closing it; close it "
                + "there, or, if no program writes it any more, clear the mark with h5clear -s a.h5")
        #expect(
            OpeningObstacle.tooManyFiles("Too many open files").reason(path: "a.h5")
                == "this process may not open more files (Too many open files); raise its limit, which ulimit -n shows")
    }

    /// A file in the newest format with the mark of an open writer, as after a crash.
    private func marked(_ path: String, forReaders: Bool) throws {
        Library.enter()
        defer { Library.leave() }
        let access = H5Pcreate(chdf5_file_access_class())
        defer { H5Pclose(access) }
        H5Pset_libver_bounds(access, chdf5_latest_format(), chdf5_latest_format())
        let file = try RawFile.check(H5Fcreate(path, chdf5_truncate(), 0, access))
        try RawFile.add("x", to: file, type: H5Tcopy(chdf5_native_int8()), values: [1, 2, 3] as [Int8])
        if forReaders { _ = try RawFile.check(hid_t(H5Fstart_swmr_write(file))) }
        H5Fflush(file, H5F_SCOPE_GLOBAL)
        // The bytes as they are now; closing takes the mark away.
        let bytes = try Data(contentsOf: URL(filePath: path))
        H5Fclose(file)
        try bytes.write(to: URL(filePath: path))
    }

    @Test func aFileThatWasNotClosedIsNotSaidToBeOpenHere() throws {
        let directory = try TestDirectory()
        try marked(directory.file(), forReaders: false)
        let error = #expect(throws: HDF5Error.self) { try HDF5File.open(directory.file()) }
        #expect(error?.kind == .cannotOpen)
        #expect(error?.reason == OpeningObstacle.markedAsWritten.reason(path: directory.file()))
    }

    @Test func aFileThatReadersMayReadIsRead() throws {
        let directory = try TestDirectory()
        try marked(directory.file(), forReaders: true)
        let file = try HDF5File.open(directory.file())
        #expect(try file.dataset("x").read(Int8.self) == [1, 2, 3])
        #expect(file.notice?.contains("is marked as being written by a program that lets others read (SWMR)") == true)
        // A second time it has to be opened in the same way.
        #expect(try HDF5File.open(directory.file()).dataset("x").read(Int8.self) == [1, 2, 3])
        #expect(throws: HDF5Error.self) { try HDF5File.open(directory.file(), writable: true) }
    }

    /// Network file systems may refuse locks; libhdf5 wants one for reading and for writing.
    @Test func whereThereAreNoLocksFilesAreWrittenAndReadWithoutThem() throws {
        let directory = try TestDirectory()
        let path = directory.file()
        stormo_fail_locks_under(path)
        let file = try HDF5File.create(path)
        #expect(
            file.notice
                == "\(path) is written without a lock, since its file system gives none (No locks available); let no other "
                + "program open it meanwhile")
        try file.root.createDataset("x", .int8, shape: [3]).write([1, 2, 3] as [Int8])
        try file.close()
        // A second one in place of the first.
        let again = try HDF5File.create(path)
        try again.root.createDataset("x", .int8, shape: [2]).write([4, 5] as [Int8])
        try again.close()
        let reread = try HDF5File.open(path)
        #expect(try reread.dataset("x").read(Int8.self) == [4, 5])
        #expect(
            reread.notice
                == "\(path) was opened without a lock, since its file system gives none (No locks available); let no other "
                + "program write it meanwhile")
        // The library wants the same flags of all that have a file open.
        let second = try HDF5File.open(path)
        #expect(second.notice == nil)
        #expect(try second.dataset("x").read(Int8.self) == [4, 5])
    }

    @Test func anOrdinaryFileHasNoNotice() throws {
        let directory = try TestDirectory()
        try HDF5File.create(directory.file()).close()
        #expect(try HDF5File.open(directory.file()).notice == nil)
    }
}
