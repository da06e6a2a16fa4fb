public import Kernels

precedencegroup ExponentiationPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}
infix operator ** : ExponentiationPrecedence

/// Arithmetic on variables, element by element.
///
/// The operands have equal shapes, or one is broadcast. That one is not batched, and its shape is a suffix of the
/// other's, or it has one element. Its gradient is summed over the repetitions. Shapes that do not fit are an error
/// when the graph is compiled.
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

    /// a to the power of a constant exponent. NaN where a is negative and the exponent not whole.
    public static func ** (a: Variable, exponent: Float) -> Variable {
        a.graph.expression(UnaryOperator(.power(exponent)), a)
    }

    public func squareRoot() -> Variable { self ** 0.5 }
    public func exponential() -> Variable { graph.expression(UnaryOperator(.exponential), self) }
    /// The natural logarithm.
    public func logarithm() -> Variable { graph.expression(UnaryOperator(.logarithm), self) }
    /// The absolute value. Its gradient at 0 is 0.
    public func magnitude() -> Variable { graph.expression(UnaryOperator(.magnitude), self) }
    public func applying(_ activation: Activation) -> Variable {
        graph.expression(ActivationOperator(activation), self)
    }

    /// The sum over the elements of each sample, or of the whole tensor where it is not batched.
    public func sum() -> Variable { graph.expression(SumOperator(isMean: false), self) }
    /// The mean over the elements of each sample, or of the whole tensor where it is not batched.
    public func mean() -> Variable { graph.expression(SumOperator(isMean: true), self) }

    /// The matrix product x·W over the last dimension: x (…, n), W (n, m), result (…, m). W is not batched.
    public func multiplied(by matrix: Variable) -> Variable { graph.expression(DenseOperator(), self, matrix) }
    /// The same elements, row-major, in another shape with as many elements.
    public func reshaped(_ shape: Shape) -> Variable { graph.expression(ReshapeOperator(shape), self) }
}
