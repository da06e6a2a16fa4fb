/// One value in a table of answers.
package enum AnswerCell: Sendable, Hashable {
    /// No answer: the prediction is no number.
    case missing
    case integer(Int)
    case number(Float)
    /// From 0 to 1.
    case probability(Float)
    case text(String)
}
