import Network
import Testing

@testable import stormo_cli

struct FiguresTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1258, "1,258"), (1_234_567, "1,234,567"), (-1000, "-1,000")])
    func groupsThousands(value: Int, text: String) { #expect(Figures.count(value) == text) }

    @Test func countsNouns() {
        #expect(Figures.count(1, "worker") == "1 worker")
        #expect(Figures.count(2000, "step") == "2,000 steps")
        #expect(Figures.count(0, "epoch") == "0 epochs")
    }

    @Test func parametersByRole() throws {
        func text(_ isTrainable: Bool) throws -> String {
            let layers = [ModelLayer(Dense(1000), isTrainable: isTrainable), ModelLayer(Dense(1))]
            return Figures.parameters(try LayerTable(Model(input: [3], layers: layers)).layout)
        }
        #expect(try text(true) == "5,001 parameters")
        #expect(try text(false) == "5,001 parameters (1,001 trained, 4,000 frozen)")
    }

    @Test(arguments: [
        (0, "0.0000"), (0.43216, "0.4322"), (-3.9, "-3.9000"), (0.00012345, "1.234e-04"), (28276.83, "28276.8"),
        (1.5e9, "1.500e+09"), (Double.nan, "n/a"),
    ])
    func losses(value: Double, text: String) { #expect(Figures.figure(value) == text) }

    @Test(arguments: [(823, "823"), (9120, "9.1k"), (9960, "10k"), (112_345, "112k"), (999_600, "1.0M"), (0, "0")])
    func rates(value: Double, text: String) { #expect(Figures.short(value) == text) }

    @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (80_512, "78.6 KiB"), (1 << 20, "1.0 MiB"), (1_048_575, "1.0 MiB")])
    func sizes(value: Int, text: String) { #expect(Figures.bytes(value) == text) }

    @Test(arguments: [(6.2, "0:07"), (754, "12:34"), (3723, "1:02:03"), (-1, "0:00"), (Double.infinity, "?")])
    func times(value: Double, text: String) { #expect(Figures.time(seconds: value) == text) }
}
