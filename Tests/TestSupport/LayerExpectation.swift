import Kernels
import Network
import Testing

/// Checks layers in a model of their own, behind which stands the mean of squares: values within 2e-6 of the naive
/// references, gradients within 1e-5 of central differences.
package func expectRightLayers(
    _ input: Shape, samples: [Int] = [1, 3], _ place: SourceLocation = #_sourceLocation,
    @ModelBuilder _ layers: () -> [ModelLayer]
) throws {
    let graph = Graph()
    let built = try Model(input: input, layers: layers()).build(in: graph)
    for samples in samples {
        let run = try NetworkRun((built.output ** 2).mean(), results: [built.output], samples: samples)
        expectNone(try run.problems(), sourceLocation: place)
    }
}
