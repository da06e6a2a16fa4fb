import Kernels
import Network
import TestSupport
import Testing

/// Layers over images in models: values within 2e-6 of the naive references, gradients within 1e-5 of central differences.
struct ImageLayersTests {
    @Test(arguments: [Padding.same, .valid], [(1, 1), (2, 1), (2, 3)])
    func transposedConvolution(_ padding: Padding, _ strides: (Int, Int)) throws {
        for kernelSize in [(3, 3), (2, 1), (1, 4)] {
            try expectRightLayers([3, 4, 2], samples: [1, 2]) {
                Conv2D(2, kernelSize: (1, 1), activation: .tanh)
                Conv2DTranspose(3, kernelSize: kernelSize, strides: strides, padding: padding, activation: .tanh)
                Dense(2)
            }
        }
        try expectRightLayers([2, 2, 2], samples: [1, 2]) {
            Conv2DTranspose(2, kernelSize: (2, 2), strides: strides, padding: padding, useBias: false)
        }
    }

    @Test("The sizes that Keras gives")
    func transposedShapes() throws {
        func shape(_ kernelSize: (Int, Int), _ strides: (Int, Int), _ padding: Padding) throws -> Shape {
            try Model(input: [5, 4, 2]) {
                Conv2DTranspose(3, kernelSize: kernelSize, strides: strides, padding: padding)
            }.build(in: Graph()).output.type.shape
        }
        #expect(try shape((3, 3), (2, 2), .same) == [10, 8, 3])
        #expect(try shape((3, 3), (2, 2), .valid) == [11, 9, 3])
        #expect(try shape((2, 1), (3, 2), .valid) == [15, 8, 3])
        #expect(try shape((4, 4), (1, 1), .valid) == [8, 7, 3])
    }

    @Test(arguments: [1, 2], [Padding.same, .valid])
    func depthwiseConvolution(_ multiplier: Int, _ padding: Padding) throws {
        try expectRightLayers([5, 4, 3], samples: [1, 2]) {
            Conv2D(3, kernelSize: (1, 1), activation: .tanh)
            DepthwiseConv2D(
                kernelSize: (3, 2), strides: (1, 1), padding: padding, depthMultiplier: multiplier, activation: .tanh)
            Dense(2)
        }
        try expectRightLayers([5, 6, 2], samples: [1, 2]) {
            DepthwiseConv2D(kernelSize: (2, 2), padding: padding, dilationRate: (2, 3), useBias: false)
            DepthwiseConv2D(kernelSize: (2, 2), strides: (2, 2), padding: .same)
        }
    }

    @Test(arguments: [1, 2])
    func separableConvolution(_ multiplier: Int) throws {
        try expectRightLayers([5, 4, 3], samples: [1, 2]) {
            SeparableConv2D(
                4, kernelSize: (3, 3), padding: .same, depthMultiplier: multiplier, activation: .tanh)
            SeparableConv2D(2, kernelSize: (2, 2), strides: (2, 2), useBias: false)
        }
    }

    @Test("Groups and dilations of a convolution", arguments: [(1, (2, 3)), (2, (1, 1)), (2, (2, 1)), (4, (1, 2))])
    func convolution(_ groups: Int, _ dilation: (Int, Int)) throws {
        for padding in Padding.allCases {
            try expectRightLayers([6, 7, 4], samples: [1, 2]) {
                Conv2D(4, kernelSize: (1, 1), activation: .tanh)
                Conv2D(
                    8, kernelSize: (3, 2), padding: padding, dilationRate: dilation, groups: groups, activation: .tanh)
                Dense(2)
            }
        }
    }

    @Test(arguments: Interpolation.allCases)
    func upSampling(_ interpolation: Interpolation) throws {
        for size in [(2, 2), (1, 3), (3, 2), (1, 1)] {
            try expectRightLayers([3, 2, 3], samples: [1, 2]) {
                Conv2D(3, kernelSize: (1, 1), activation: .tanh)
                UpSampling2D(size, interpolation: interpolation)
                Dense(2, activation: .tanh)
            }
        }
        try expectRightLayers([1, 1, 2], samples: [1, 2]) {
            UpSampling2D((4, 4), interpolation: interpolation)
            Dense(2)
        }
    }

    @Test func zeroPadding() throws {
        for (rows, columns) in [((1, 1), (1, 1)), ((0, 2), (3, 0)), ((0, 0), (0, 0))] {
            try expectRightLayers([3, 2, 3], samples: [1, 2]) {
                Conv2D(3, kernelSize: (1, 1), activation: .tanh)
                ZeroPadding2D(rows: rows, columns: columns)
                Conv2D(2, kernelSize: (2, 2), padding: .same, activation: .tanh)
            }
        }
    }

    @Test func globalPoolings() throws {
        try expectRightLayers([3, 4, 2], samples: [1, 2]) {
            Conv2D(3, kernelSize: (2, 2), activation: .tanh)
            GlobalMaxPooling2D()
            Dense(2)
        }
        try expectRightLayers([3, 4, 2], samples: [1, 2]) {
            Conv2D(3, kernelSize: (2, 2), activation: .tanh).named("x")
            GlobalAveragePooling2D(keepDims: true).named("mean", inputs: ["x"])
            GlobalMaxPooling2D(keepDims: true).named("max", inputs: ["x"])
            Add().named("both", inputs: ["mean", "max"])
            Multiply().named("scaled", inputs: ["x", "both"])
        }
    }

    @Test("Merging layers on shapes that Keras stretches")
    func merging() throws {
        let merges: [any Layer] = [Add(), Subtract(), Multiply(), Average(), Maximum(), Minimum()]
        for merge in merges {
            try expectRightLayers([3, 2, 4], samples: [1, 2]) {
                Dense(4, activation: .tanh).named("x")
                GlobalAveragePooling2D().named("mean", inputs: ["x"])
                Dense(1, activation: .tanh).named("places", inputs: ["x"])
                merge.named("channels", inputs: ["x", "mean"])
                merge.named("all", inputs: ["places", "channels"])
                Dense(2)
            }
        }
        try expectRightLayers([5], samples: [1, 2]) {
            Dense(3, activation: .tanh).named("a", inputs: ["input"])
            Dense(3, activation: .tanh).named("b", inputs: ["input"])
            Dense(3, activation: .tanh).named("c", inputs: ["input"])
            Average().named("mean", inputs: ["a", "b", "c"])
            Maximum().named("max", inputs: ["a", "b", "c"])
            Multiply().named("end", inputs: ["mean", "max", "c"])
        }
    }

    @Test func sentences() {
        func sentence(_ input: Shape, @ModelBuilder _ layers: () -> [ModelLayer]) -> String {
            do {
                _ = try Model(input: input, layers: layers())
                return ""
            } catch {
                return error.problems.map(\.message).joined().split(separator: "): ").last.map(String.init) ?? ""
            }
        }
        #expect(
            sentence([3]) {
                Dense(3).named("a", inputs: ["input"])
                Dense(2).named("b", inputs: ["input"])
                Multiply().named("c", inputs: ["a", "b"])
            } == "multiply: the shapes 3 and 2 do not fit: their dimensions must be equal or 1")
        #expect(
            sentence([3]) { Subtract().named("c", inputs: ["input", "input", "input"]) }
                == "subtract: takes two inputs, but was given 3")
        #expect(
            sentence([4, 4, 3]) { Conv2D(4, kernelSize: (1, 1), groups: 2) }
                == "conv2d: 3 channels and 4 filters can't both be divided into 2 groups")
        #expect(
            sentence([4, 4, 3]) { Conv2D(4, kernelSize: (1, 1), strides: (2, 2), dilationRate: (2, 2)) }
                == "conv2d: dilation_rate must be 1 where strides are not: Keras has only one of the two")
        #expect(
            sentence([4]) { UpSampling2D() }
                == "up_sampling2d: takes images of height×width×channels, but was given 4; a layer of type 'reshape' can make them"
        )
    }
}
