// swift-tools-version: 6.1
import PackageDescription

// A program beside Stormo, as yours may be: `swift run --package-path Tests/SwiftPackage`. The tests compile its sources too,
// in this repository's own package and without access to it (target Tour).
let package = Package(
    name: "tour",
    dependencies: [.package(name: "Stormo", path: "../..")],
    targets: [
        .target(name: "Tour", dependencies: [.product(name: "Stormo", package: "Stormo")]),
        .executableTarget(name: "tour-run", dependencies: ["Tour"]),
    ]
)
