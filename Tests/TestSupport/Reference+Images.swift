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
        // Pointers and bare loops: a test without optimisation goes through here some hundred times.
        x.withUnsafeBufferPointer { x in
            weights.withUnsafeBufferPointer { weights in
                let (x, weights) = (x.baseAddress!, weights.baseAddress!)
                window.positions(over: images) { position, covered in
                    for o in 0..<filters {
                        var sum = bias?[o] ?? 0
                        for (pixel, tap) in covered {
                            let (first, end) = (pixel * channels, (pixel + 1) * channels)
                            sum += dot(x + first, weights + tap * channels * filters + o, step: filters, end - first)
                        }
                        y[position * filters + o] = sum
                    }
                }
            }
        }
        return y
    }

    package static func pooling(
        _ reduction: PoolingReduction, _ x: [Double], _ images: Images, _ window: Window
    ) -> [Double] {
        let channels = images.channels
        var y = Array(repeating: 0.0, count: window.result(over: images, channels: channels).count)
        x.withUnsafeBufferPointer { x in
            window.positions(over: images) { position, covered in
                covered.map { $0.pixel * channels }.withUnsafeBufferPointer { starts in
                    for c in 0..<channels {
                        y[position * channels + c] = reduce(x.baseAddress! + c, at: starts, reduction)
                    }
                }
            }
        }
        return y
    }

    /// The greatest value or the mean of those at some places.
    private static func reduce(
        _ values: UnsafePointer<Double>, at places: UnsafeBufferPointer<Int>, _ reduction: PoolingReduction
    ) -> Double {
        var (largest, sum, next) = (-Double.infinity, 0.0, 0)
        while next < places.count {
            let value = values[places.baseAddress![next]]
            if value > largest { largest = value }
            sum += value
            next += 1
        }
        return reduction == .max ? largest : sum / Double(places.count)
    }
}
