import Kernels
import Network
import TestSupport
import Testing

/// What operators say of inputs that do not fit.
struct OperatorSentenceTests {
    private func sentence(_ operation: any Operator, _ types: TensorType...) -> String? {
        do throws(GraphError) {
            _ = try operation.output(of: types)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func dense() {
        #expect(
            sentence(DenseOperator(), .batched([4]), .single([3, 2]))
                == "dense: rows of 4 can't be multiplied by a matrix of 3×2: the last dimension must be the matrix's first"
        )
        #expect(
            sentence(DenseOperator(), .batched([3]), .single([3, 2]), .single([3]))
                == "dense: the bias must have shape 2, but has 3")
        #expect(sentence(DenseOperator(), .batched([3]), .single([3, 2]), .single([2])) == nil)
    }

    @Test func convolution() {
        #expect(
            sentence(Convolution2DOperator(same: false), .batched([9]), .single([3, 3, 1, 2]))
                == "conv2d: takes images of height×width×channels, but was given 9")
        #expect(
            sentence(Convolution2DOperator(same: false), .batched([2, 5, 1]), .single([3, 3, 1, 2]))
                == "conv2d: a window of 3×3 does not fit into images of 2×5×1; "
                + "use padding 'same' or a smaller kernel_size")
        #expect(sentence(Convolution2DOperator(same: true), .batched([2, 5, 1]), .single([3, 3, 1, 2])) == nil)
    }

    @Test func pooling() {
        let pooling = Pooling2DOperator(.max, size: [3, 2], stride: [1, 1], same: false)
        #expect(
            sentence(pooling, .batched([4]))
                == "max pooling: takes images of height×width×channels, but was given 4")
        #expect(
            sentence(pooling, .batched([2, 4, 1]))
                == "max pooling: a window of 3×2 does not fit into images of 2×4×1; "
                + "use padding 'same' or a smaller pool_size")
    }

    @Test func concatenation() {
        #expect(
            sentence(ConcatenateOperator(axis: 1), .batched([2, 3]), .batched([4, 3]))
                == "concatenate: 2×3 and 4×3 differ in more than axis 1")
        #expect(
            sentence(ConcatenateOperator(), .batched([2, 3]), .batched([2]))
                == "concatenate: 2×3 and 2 differ in more than axis -1")
        for axis in [2, -3] {
            #expect(
                sentence(ConcatenateOperator(axis: axis), .batched([2, 3]), .batched([2, 3]))
                    == "concatenate: 2×3 has no axis \(axis)")
        }
        #expect(
            sentence(ConcatenateOperator(), .batched([2]), .single([2]))
                == "concatenate: takes tensors of each sample or tensors that all share, not both")
    }

    @Test func addition() {
        #expect(
            sentence(BinaryOperator(.add), .batched([2, 3]), .batched([2]))
                == "add: the shapes batch×2×3 and batch×2 do not fit: dimensions must be equal or 1")
        #expect(sentence(BinaryOperator(.add), .batched([2, 3]), .batched([3])) == nil)
        #expect(sentence(BinaryOperator(.add), .batched([2, 3]), .batched([2, 1])) == nil)
        #expect(sentence(BinaryOperator(.add), .batched([2, 3]), .single([3])) == nil)
        #expect(sentence(BinaryOperator(.add), .single([3]), .batched([2])) != nil)
    }

    @Test func reshaping() {
        #expect(
            sentence(ReshapeOperator([2, 2]), .batched([5]))
                == "reshape: 5 has 5 elements and can't become 2×2, which has 4")
    }

    @Test func losses() {
        #expect(
            sentence(LossOperator(.meanAbsoluteError), .batched([3]), .batched([2]))
                == "loss: predictions of 3 need targets of 3, not of 2")
        #expect(
            sentence(LossOperator(.sparseCategoricalCrossEntropy), .batched([4, 10]), .batched([10], .int32))
                == "loss: predictions of 4×10 need targets of 4, not of 10")
        #expect(
            sentence(LossOperator(.categoricalCrossEntropy), .batched(.scalar), .batched(.scalar))
                == "loss: a categorical cross-entropy needs a dimension of classes, not single numbers")
        #expect(
            sentence(LossOperator(.binaryCrossEntropy, takesLogits: true), .batched([1]), .batched([1]))
                == "loss: takes logits, probabilities and a target")
        #expect(
            sentence(LossOperator(.huber(delta: 1)), .batched([1]), .batched([1]), .batched([1]))
                == "loss: takes a prediction and a target")
        #expect(
            sentence(LossOperator(.huber(delta: 1)), .single([1]), .single([1]))
                == "loss: takes a prediction and a target for each sample, not tensors that all share")
    }

    @Test("Sizes that no machine can hold are told, not multiplied")
    func tooLarge() {
        let graph = Graph()
        _ = graph.parameter([64, 4_000_000_000_000_000_000], .zeros, name: "dense/kernel")
        #expect(
            graph.firstError?.description
                == "dense/kernel: a tensor of 64×4000000000000000000 has more than the 2147483647 elements that are possible"
        )
    }

    /// A graph asks each operator which elements it accepts before it asks for the result.
    @Test func integers() throws {
        let graph = Graph()
        let x = graph.input([3], name: "tokens", element: .int32)
        let w = graph.parameter([3, 2], .zeros, name: "w")
        func sentence(_ operation: any Operator, _ inputs: Variable...) -> String? {
            do throws(GraphError) {
                _ = try graph.apply(operation, to: inputs)
                return nil
            } catch {
                return error.description
            }
        }
        let refusing: [(any Operator, [Variable])] = [
            (DenseOperator(), [x, w]), (ActivationOperator(.relu), [x]), (BinaryOperator(.add), [x, x]),
            (UnaryOperator(.exponential), [x]), (SumOperator(isMean: true), [x]), (ConcatenateOperator(), [x, x]),
            (DropoutOperator(rate: 0.5), [x]), (Convolution2DOperator(same: true), [x, w]),
            (Pooling2DOperator(.max, size: nil, stride: [1, 1], same: false), [x]),
        ]
        for (operation, inputs) in refusing {
            do throws(GraphError) {
                _ = try graph.apply(operation, to: inputs)
                Issue.record("\(operation.name) takes integers")
            } catch {
                #expect(
                    error.description
                        == "\(operation.name): takes a tensor of float32, but was given one of int32")
            }
        }
        #expect(sentence(LookupOperator(), x, w) == nil)
        #expect(
            sentence(LookupOperator(), graph.input([3]), w)
                == "lookup: takes a tensor of int32, but was given one of float32")
        #expect(try graph.apply(ReshapeOperator([3, 1]), to: [x]).type == .batched([3, 1], .int32))
        let p = graph.input([3])
        #expect(
            sentence(LossOperator(.sparseCategoricalCrossEntropy), p, graph.input(.scalar))
                == "loss: sparse_categorical_crossentropy takes targets of int32, not of float32")
        #expect(
            sentence(LossOperator(.huber(delta: 1)), p, graph.input([3], element: .int32))
                == "loss: huber takes targets of float32, not of int32")
        #expect(
            sentence(LossOperator(.huber(delta: 1)), x, p)
                == "loss: takes a tensor of float32, but was given one of int32")
    }
}
