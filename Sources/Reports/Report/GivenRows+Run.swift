import Configuration
import Engine
import Files
import Runs

extension GivenRows {
    /// Those of a run's directory: its data are read and its trainer is made again, which gives the same rows in the same
    /// order.
    /// - Throws: `FileError`, `DataError`, `HDF5Error` and `ConfigurationError` where the run's data aren't there any longer,
    ///   or are others.
    init(ofRun directory: String) throws {
        let earlier = try EarlierRun(directory)
        let configuration = try RunConfiguration(earlier.moved(earlier.document), directory: "")
        let tables = try PreparedTables(
            configuration.data, cache: RunDirectory.cachePath(of: FoldDirectory.whole(of: directory)), resumes: true,
            begunWith: earlier.record)
        let run = try TrainingRun(
            configuration, fold: FoldDirectory.number(of: directory), tables: tables)
        self = try run.trainer.givenRows()
    }
}
