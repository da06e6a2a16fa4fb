/// A line with its noise taken out.
package enum Smoothing {
    /// The exponential moving average, with the weight of the missing past divided out as in Adam (Kingma and Ba, 2015), so that
    /// it begins at the first value: sₜ = (1 − w) Σ wⁱ yₜ₋ᵢ / (1 − wᵗ). What isn't finite stays as it is, and is passed over.
    /// - Parameter weight: w, from 0, which changes nothing, to below 1.
    package static func exponential(_ values: [Double], weight: Double) -> [Double] {
        var (mean, past) = (0.0, 1.0)
        return values.map { value in
            guard value.isFinite else { return value }
            mean = weight * mean + (1 - weight) * value
            past *= weight
            return mean / (1 - past)
        }
    }
}
