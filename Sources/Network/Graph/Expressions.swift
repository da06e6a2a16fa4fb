public import Kernels

precedencegroup ExponentiationPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}
infix operator ** : ExponentiationPrecedence

/// Arithmetic on variables. Of two operands one may be shorter, if the longer one's shape ends with its shape; it
/// is then repeated, and its gradient is summed over the repetitions.
extension Variable {
    public static func + (a: Variable, b: Variable) -> Variable { a.graph.expression(BinaryOperator(.add), a, b) }
    public static func - (a: Variable, b: Variable) -> Variable { a.graph.expression(BinaryOperator(.subtract), a, b) }
    public static func * (a: Variable, b: Variable) -> Variable { a.graph.expression(BinaryOperator(.multiply), a, b) }
    public static func / (a: Variable, b: Variable) -> Variable { a.graph.expression(BinaryOperator(.divide), a, b) }

    public static func + (a: Variable, b: Float) -> Variable { a + a.graph.constant(b) }
    public static func - (a: Variable, b: Float) -> Variable { a - a.graph.constant(b) }
    public static func * (a: Variable, b: Float) -> Variable { a * a.graph.constant(b) }
    public static func / (a: Variable, b: Float) -> Variable { a / a.graph.constant(b) }
    public static func + (a: Float, b: Variable) -> Variable { b.graph.constant(a) + b }
    public static func - (a: Float, b: Variable) -> Variable { b.graph.constant(a) - b }
    public static func * (a: Float, b: Variable) -> Variable { b.graph.constant(a) * b }
    public static func / (a: Float, b: Variable) -> Variable { b.graph.constant(a) / b }
    public static prefix func - (a: Variable) -> Variable { -1 * a }

    /// aᵇ for a constant exponent.
    public static func ** (a: Variable, exponent: Float) -> Variable {
        a.graph.expression(UnaryOperator(.power(exponent)), a)
    }

    public func squareRoot() -> Variable { self ** 0.5 }
    public func exponential() -> Variable { graph.expression(UnaryOperator(.exponential), self) }
    public func logarithm() -> Variable { graph.expression(UnaryOperator(.logarithm), self) }
    public func magnitude() -> Variable { graph.expression(UnaryOperator(.magnitude), self) }
    public func applying(_ activation: Activation) -> Variable {
        graph.expression(ActivationOperator(activation), self)
    }

    /// The sum over the elements of each sample, or of the whole tensor where it is not batched.
    public func sum() -> Variable { graph.expression(SumOperator(isMean: false), self) }
    /// The mean over the elements of each sample, or of the whole tensor where it is not batched.
    public func mean() -> Variable { graph.expression(SumOperator(isMean: true), self) }

    /// The product of each row with a matrix of shape (inputs, outputs).
    public func multiplied(by matrix: Variable) -> Variable { graph.expression(DenseOperator(), self, matrix) }
    public func reshaped(_ shape: Shape) -> Variable { graph.expression(ReshapeOperator(shape), self) }
}
