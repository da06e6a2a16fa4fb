import Kernels
import Testing

struct Window2DTests {
    @Test("As Keras pads: half of the zeros in front, the odd one behind")
    func samePadding() {
        let window = Window2D(size: (4, 3), stride: (1, 2), same: true, over: (6, 7))
        #expect(window.before == (1, 1))
        #expect(window.after == (2, 1))
        #expect(window.positions(over: (6, 7)) == (6, 4))
        // A window of 2 in steps of 3 over 8: 3 positions from 0 to 8, none of them past the end.
        let sparse = Window2D(size: (2, 2), stride: (3, 3), same: true, over: (7, 8))
        #expect(sparse.before == (0, 0))
        #expect(sparse.after == (1, 0))
        #expect(sparse.positions(over: (7, 8)) == (3, 3))
    }

    @Test func validPositions() {
        let window = Window2D(size: (3, 2), stride: (2, 1), same: false, over: (8, 2))
        #expect(window.positions(over: (8, 2)) == (3, 1))
        #expect(window.before == (0, 0))
        #expect(Window2D(size: (3, 3), stride: (1, 1), same: false, over: (2, 5)).positions(over: (2, 5)) == (0, 3))
        // Rounding towards zero must not make one position of a window that is one too large.
        #expect(Window2D(size: (3, 3), stride: (5, 5), same: false, over: (2, 2)).positions(over: (2, 2)) == (0, 0))
    }
}
