/// The HDF5 file of `Predictions`: arrays, with labels beside them.
struct HDF5Answers: AnswerFormat {
    let name = "h5"
    let endings = [".h5", ".hdf5"]
    let isTable = false
    let isStream = false

    func problem(with model: TrainedModel) -> String? { nil }

    func write(_ answers: AnswerStream, to sink: ByteSink) throws {
        preconditionFailure("an HDF5 file is not written from its beginning to its end")
    }

    func write(_ answers: AnswerStream, to path: String) throws { try Predictions.write(answers, to: path) }
}
