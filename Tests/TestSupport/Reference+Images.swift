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
        /// The steps between neighbouring taps.
        package var dilation: (down: Int, across: Int)
        package var same: Bool

        package init(
            _ height: Int, _ width: Int, stride: (Int, Int) = (1, 1), dilation: (Int, Int) = (1, 1), same: Bool = false
        ) {
            (self.height, self.width, down, across) = (height, width, stride.0, stride.1)
            self.dilation = (dilation.0, dilation.1)
            self.same = same
        }

        package var description: String {
            let gaps = dilation == (1, 1) ? "" : " dilation \(dilation.down)×\(dilation.across)"
            return "\(height)×\(width) step \(down)×\(across)\(gaps)\(same ? " same" : "")"
        }

        /// The rows and columns that it covers, gaps included.
        private var span: (height: Int, width: Int) {
            ((height - 1) * dilation.down + 1, (width - 1) * dilation.across + 1)
        }

        /// The number of positions along one axis and the padding in front of it. With `same` there are ⌈n / step⌉
        /// positions, and half of the zeros that they take, rounded down, stand in front.
        static func axis(_ n: Int, size: Int, step: Int, same: Bool) -> (positions: Int, before: Int) {
            guard same else { return ((n - size) / step + 1, 0) }
            let positions = n % step == 0 ? n / step : n / step + 1
            return (positions, max(0, (positions - 1) * step + size - n) / 2)
        }

        package func result(over images: Images, channels: Int) -> Images {
            Images(
                images.samples, Self.axis(images.height, size: span.height, step: down, same: same).positions,
                Self.axis(images.width, size: span.width, step: across, same: same).positions, channels)
        }

        /// Calls body with the place of each position in the result and the places in the image, all without channels,
        /// that the window covers there.
        func positions(over images: Images, _ body: (_ result: Int, _ covered: [(pixel: Int, tap: Int)]) -> Void) {
            let (rows, top) = Self.axis(images.height, size: span.height, step: down, same: same)
            let (columns, left) = Self.axis(images.width, size: span.width, step: across, same: same)
            for n in 0..<images.samples {
                for y in 0..<rows {
                    for x in 0..<columns {
                        var covered: [(pixel: Int, tap: Int)] = []
                        for i in 0..<height {
                            for j in 0..<width {
                                let (row, column) = (
                                    y * down + i * dilation.down - top, x * across + j * dilation.across - left
                                )
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

    /// weights (kh, kw, channels / groups, filters), bias (filters) or none.
    package static func convolution(
        _ x: [Double], _ images: Images, _ weights: [Double], bias: [Double]?, filters: Int, groups: Int = 1,
        _ window: Window
    ) -> [Double] {
        let (all, channels) = (images.channels, images.channels / groups)
        var y = Array(repeating: 0.0, count: window.result(over: images, channels: filters).count)
        // Pointers and bare loops: a test without optimisation goes through here some hundred times.
        x.withUnsafeBufferPointer { x in
            weights.withUnsafeBufferPointer { weights in
                let (x, weights) = (x.baseAddress!, weights.baseAddress!)
                window.positions(over: images) { position, covered in
                    for o in 0..<filters {
                        var sum = bias?[o] ?? 0
                        for (pixel, tap) in covered {
                            let first = pixel * all + o / (filters / groups) * channels
                            sum += dot(x + first, weights + tap * channels * filters + o, step: filters, channels)
                        }
                        y[position * filters + o] = sum
                    }
                }
            }
        }
        return y
    }

    /// The transpose of a convolution: images are those of the result, weights (kh, kw, result's channels, channels).
    package static func convolutionTranspose(
        _ x: [Double], _ images: Images, _ weights: [Double], bias: [Double]?, channels: Int, _ window: Window
    ) -> [Double] {
        let filters = images.channels
        var y = (0..<images.count).map { bias?[$0 % filters] ?? 0 }
        window.positions(over: images) { position, covered in
            for (pixel, tap) in covered {
                for o in 0..<filters {
                    for c in 0..<channels {
                        y[pixel * filters + o] +=
                            x[position * channels + c] * weights[(tap * filters + o) * channels + c]
                    }
                }
            }
        }
        return y
    }

    /// Zeros around each image: rows above and below, columns to the left and to the right.
    package static func zeroPadding(
        _ x: [Double], _ images: Images, rows: [Int], columns: [Int]
    ) -> [Double] {
        let (height, width) = (rows[0] + images.height + rows[1], columns[0] + images.width + columns[1])
        var y = Array(repeating: 0.0, count: images.samples * height * width * images.channels)
        for index in x.indices {
            let (c, pixel) = (index % images.channels, index / images.channels)
            let (column, row) = (pixel % images.width, pixel / images.width % images.height)
            let sample = pixel / images.width / images.height
            let place = (sample * height + row + rows[0]) * width + column + columns[0]
            y[place * images.channels + c] = x[index]
        }
        return y
    }

    /// Images enlarged: each pixel repeated, or a mean of the nearest four by their distances from the place between
    /// the pixels' centres, where those outside are the nearest inside.
    package static func upSampling(
        _ x: [Double], _ images: Images, _ factors: (Int, Int), _ interpolation: Interpolation
    ) -> [Double] {
        let (height, width) = (images.height * factors.0, images.width * factors.1)
        var y = Array(repeating: 0.0, count: images.samples * height * width * images.channels)
        func value(_ sample: Int, _ row: Int, _ column: Int, _ c: Int) -> Double {
            let (row, column) = (min(max(row, 0), images.height - 1), min(max(column, 0), images.width - 1))
            return x[((sample * images.height + row) * images.width + column) * images.channels + c]
        }
        for index in y.indices {
            let (c, pixel) = (index % images.channels, index / images.channels)
            let (column, row, sample) = (pixel % width, pixel / width % height, pixel / width / height)
            guard interpolation == .bilinear else {
                y[index] = value(sample, row / factors.0, column / factors.1, c)
                continue
            }
            let v = (Double(row) + 0.5) / Double(factors.0) - 0.5
            let u = (Double(column) + 0.5) / Double(factors.1) - 0.5
            for i in [v.rounded(.down), v.rounded(.down) + 1] {
                for j in [u.rounded(.down), u.rounded(.down) + 1] {
                    y[index] += (1 - abs(v - i)) * (1 - abs(u - j)) * value(sample, Int(i), Int(j), c)
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
