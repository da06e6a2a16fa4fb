import Configuration
import Metrics

/// The errors of each of several numbers that an output predicts, in the number's own unit.
struct TargetFigures {
    /// Nil for the only one.
    let output: String?
    let names: [String]?
    let errors: [ErrorSums.OfOutput]

    private static let most = 100
    /// Without names so many are worth a table: the pixels of an image are none.
    private static let mostUnnamed = 20

    /// Whether there is a table of them.
    var isShown: Bool { names != nil || errors.count <= Self.mostUnnamed }

    private func name(_ target: Int) -> String { names?[target] ?? "\(target)" }

    func print() {
        Console.print()
        if let output { Console.print(output) }
        var table = TextTable([("target", .left), ("mae", .right), ("rmse", .right), ("r2", .right)])
        for (target, own) in errors.prefix(Self.most).enumerated() {
            table.append(
                [
                    name(target), Figures.figure(own.meanAbsoluteError), Figures.figure(own.rootMeanSquaredError),
                    Figures.figure(own.r2),
                ])
        }
        table.print()
        if errors.count > Self.most {
            Console.print("… and \(Figures.count(errors.count - Self.most, "more target"))")
        }
    }

    /// By target: mae, rmse and r2. Of several outputs by their names.
    static func json(_ all: [TargetFigures]) -> JSONNode? {
        func number(_ value: Double) -> JSONNode { value.isFinite ? JSONNode(value) : .init(.null) }
        let members = all.map { own -> JSONNode.Member in
            let targets = own.errors.enumerated().map { target, errors -> JSONNode.Member in
                .init(
                    key: own.name(target),
                    value: [
                        "mae": number(errors.meanAbsoluteError), "rmse": number(errors.rootMeanSquaredError),
                        "r2": number(errors.r2),
                    ])
            }
            return .init(key: own.output ?? "", value: JSONNode(.object(targets)))
        }
        guard let first = members.first else { return JSONNode?.none }
        return all[0].output == nil ? first.value : JSONNode(.object(members))
    }
}
