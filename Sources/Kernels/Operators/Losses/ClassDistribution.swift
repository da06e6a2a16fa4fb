internal import CVector
import Foundation

/// What the losses over classes need of a row of logits z and their softmax p.
enum ClassDistribution {
    /// log Σ eᶻ, as the largest logit and what is to be added to it: at least 0, and at most log `width`.
    ///
    /// A loss from logits is (z[m] - z[t]) + log(1 + Σ_{k≠m} e^(z[k] - z[m])) with the largest logit z[m], where the sum is
    /// that of the other classes' p over p[m]. So the small loss of a confident prediction keeps its digits.
    @inline(__always)
    static func logSum(
        _ z: UnsafePointer<Float>, _ p: UnsafePointer<Float>, width: Int
    ) -> (largest: Float, rest: Float) {
        let largest = stormo_argmax(z, width)
        let x = others(p, than: largest, width: width) / p[largest]
        // log(1 + x) with the digits that 1 + x loses put back (W. Kahan): faster than log1pf.
        let sum = 1 + x
        return (z[largest], sum == 1 ? x : logf(sum) * (x / (sum - 1)))
    }

    /// Σ p[k] over k ≠ the given class.
    @inline(__always)
    static func others(_ p: UnsafePointer<Float>, than k: Int, width: Int) -> Float {
        guard width <= Int(STORMO_SUMMED) else {
            return Float(stormo_sum(p, k) + stormo_sum(p + k + 1, width - k - 1))
        }
        var (before, after): (Float, Float) = (0, 0)
        for i in 0..<k { before += p[i] }
        for i in k + 1..<width { after += p[i] }
        return before + after
    }
}
