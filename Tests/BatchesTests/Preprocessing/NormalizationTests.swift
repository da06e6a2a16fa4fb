import Testing

@testable import Batches

@Suite struct NormalizationTests {
    @Test func theUsualScopeGoesWithoutSaying() {
        #expect(Normalization.standardize == .standardize(per: .channel))
        #expect(Normalization.minMax == .minMax(per: .channel))
        #expect(Normalization.scale == .scale(per: .all))
        #expect(Normalization.standardize != .standardize(per: .all))
    }

    @Test func inWords() {
        #expect("\(Normalization.none)" == "none")
        #expect("\(Normalization.standardize)" == "standardize")
        #expect("\(Normalization.minMax(per: .feature))" == "min_max of each feature")
        #expect("\(Normalization.standardize(per: .all))" == "standardize of all numbers")
        #expect("\(Normalization.constants(offset: [1]))" == "constants")
    }
}
