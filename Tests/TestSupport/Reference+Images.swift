import Kernels

extension Reference {
    /// A stack of images, channels last.
    package struct Images {
        package var samples, height, width, channels: Int

        package init(_ samples: Int, _ height: Int, _ width: Int, _ channels: Int) {
            (self.samples, self.height, self.width, self.channels) = (samples, height, width, channels)
        }

        package var count: Int { samples * height * width * channels }
    }

    /// A window's size, its steps, and whether zeros stand around the image.
    package struct Window: CustomStringConvertible, Sendable {
        package var height, width, down, across: Int
        package var same: Bool

        package init(_ height: Int, _ width: Int, stride: (Int, Int) = (1, 1), same: Bool = false) {
            (self.height, self.width, down, across) = (height, width, stride.0, stride.1)
            self.same = same
        }

        package var description: String { "\(height)×\(width) step \(down)×\(across)\(same ? " same" : "")" }

        /// The number of positions along one axis and the padding in front of it. With `same` there are ⌈n / step⌉
        /// positions, and half of the zeros that they take, rounded down, stand in front.
        static func axis(_ n: Int, size: Int, step: Int, same: Bool) -> (positions: Int, before: Int) {
            guard same else { return ((n - size) / step + 1, 0) }
            let positions = n % step == 0 ? n / step : n / step + 1
            return (positions, max(0, (positions - 1) * step + size - n) / 2)
        }

        package func result(over images: Images, channels: Int) -> Images {
            Images(
                images.samples, Self.axis(images.height, size: height, step: down, same: same).positions,
                Self.axis(images.width, size: width, step: across, same: same).positions, channels)
        }

        /// Calls body with the place of each position in the result and the places in the image, all without channels,
        /// that the window covers there.
        func positions(over images: Images, _ body: (_ result: Int, _ covered: [(pixel: Int, tap: Int)]) -> Void) {
            let (rows, top) = Self.axis(images.height, size: height, step: down, same: same)
            let (columns, left) = Self.axis(images.width, size: width, step: across, same: same)
            for n in 0..<images.samples {
                for y in 0..<rows {
                    for x in 0..<columns {
                        var covered: [(pixel: Int, tap: Int)] = []
                        for i in 0..<height {
                            for j in 0..<width {
                                let (row, column) = (y * down + i - top, x * across + j - left)
                                guard row >= 0, row < images.height, column >= 0, column < images.width else {
                                    continue
                                }
                                covered.append(
                                    ((n * images.height + row) * images.width + column, i * width + j))
                            }
                        }
                        body((n * rows + y) * columns + x, covered)
                    }
                }
            }
        }
    }

    /// weights (kh, kw, channels, filters), bias (filters) or none.
    package static func convolution(
        _ x: [Double], _ images: Images, _ weights: [Double], bias: [Double]?, filters: Int, _ window: Window
    ) -> [Double] {
        let channels = images.channels
        var y = Array(repeating: 0.0, count: window.result(over: images, channels: filters).count)
        window.positions(over: images) { position, covered in
            for o in 0..<filters {
                var sum = bias?[o] ?? 0
                for (pixel, tap) in covered {
                    for c in 0..<channels {
                        sum += x[pixel * channels + c] * weights[(tap * channels + c) * filters + o]
                    }
                }
                y[position * filters + o] = sum
            }
        }
        return y
    }

    package static func pooling(
        _ reduction: Pooling2DKernel.Reduction, _ x: [Double], _ images: Images, _ window: Window
    ) -> [Double] {
        let channels = images.channels
        var y = Array(repeating: 0.0, count: window.result(over: images, channels: channels).count)
        window.positions(over: images) { position, covered in
            for c in 0..<channels {
                let values = covered.map { x[$0.pixel * channels + c] }
                y[position * channels + c] =
                    reduction == .max ? values.max() ?? .nan : values.reduce(0, +) / Double(values.count)
            }
        }
        return y
    }
}
