extension TransformScratch {
    /// Shifts an image x: dst[y][x] = src[y - down][x - right].
    /// - Parameters:
    ///   - down: at most the height either way, and less where it is mirrored.
    ///   - right: likewise.
    ///   - padding: what comes in from outside.
    func shift(_ x: UnsafeMutablePointer<Float>, down: Int, right: Int, _ padding: RandomCrop.PaddingMode) {
        guard down != 0 || right != 0 else { return }
        copy.update(from: x, count: height * rowWidth)
        // The margins that open up in a row, one of them empty.
        let before = max(right, 0)
        let after = max(-right, 0)
        let (left, rest) = (before * channels, after * channels)
        let kept = rowWidth - left - rest
        for y in 0..<height {
            let row = x + y * rowWidth
            switch padding {
            case .constant:
                guard y >= down, y - down < height else {
                    row.update(from: black, count: rowWidth)
                    continue
                }
                row.update(from: black, count: left)
                (row + left).update(from: copy + (y - down) * rowWidth + rest, count: kept)
                (row + left + kept).update(from: black, count: rest)
            case .reflect:
                let src = copy + mirrored(y - down, height) * rowWidth
                (row + left).update(from: src + rest, count: kept)
                for column in 0..<before { copyPixel(row, column, src, mirrored(column - right, width)) }
                for column in width - after..<width {
                    copyPixel(row, column, src, mirrored(column - right, width))
                }
            }
        }
    }

    /// The place that is seen at a place outside of 0 ..< extent, in mirrors at the first and the last place.
    private func mirrored(_ place: Int, _ extent: Int) -> Int {
        place < 0 ? -place : place < extent ? place : 2 * (extent - 1) - place
    }

    @inline(__always)
    private func copyPixel(
        _ dst: UnsafeMutablePointer<Float>, _ column: Int, _ src: UnsafePointer<Float>, _ from: Int
    ) {
        for channel in 0..<channels {
            dst[column * channels + channel] = src[from * channels + channel]
        }
    }
}
