// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Stormo",
    products: [
        .library(name: "Stormo", targets: ["Stormo"]),
        .executable(name: "stormo", targets: ["stormo-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // The messages of TensorBoard's event files.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .target(name: "CVector"),
        .target(name: "CFence"),
        // Wants libpng-dev, libjpeg-dev and libwebp-dev, which it names where a header is missing.
        .target(
            name: "CImages",
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("webp")]),
        .target(name: "HDF5", dependencies: ["CHDF5", "CDeflate", "CFence"]),
        .target(name: "Charts"),
        .target(name: "Configuration"),
        .target(name: "Recipes", dependencies: ["Configuration"]),
        .target(name: "Kernels", dependencies: ["COneDNN", "CVector"]),
        .target(name: "Network", dependencies: ["Kernels", "Configuration"]),
        .target(name: "Machine", dependencies: ["CVector"]),
        .target(name: "Files", dependencies: ["HDF5", "CDeflate", "Configuration", "Kernels"]),
        .target(
            name: "TensorBoard", dependencies: ["Files", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Messages/event.proto"]),
        .target(name: "Metrics", dependencies: ["Network", "Kernels", "Configuration"]),
        .target(name: "Optimizers", dependencies: ["Kernels", "Configuration"]),
        .target(
            name: "Batches",
            dependencies: ["Recipes", "Files", "Metrics", "Network", "Kernels", "Configuration", "HDF5", "Machine"]),
        .target(
            name: "Engine",
            dependencies: ["Batches", "Metrics", "Optimizers", "Network", "Kernels", "Configuration", "Machine"]),
        .target(
            name: "Interchange",
            dependencies: [
                "Engine", "Batches", "Recipes", "Metrics", "Files", "Network", "Kernels", "Configuration", "HDF5",
            ]),
        .target(
            name: "Runs",
            dependencies: [
                "Preparation", "Interchange", "TensorBoard", "Engine", "Batches", "Recipes", "Optimizers", "Metrics",
                "Files", "Network", "Kernels", "Configuration", "HDF5", "Machine",
            ]),
        .target(name: "Reports", dependencies: ["Charts", "Runs", "Metrics", "Files", "Configuration"]),
        .target(
            name: "Benchmark",
            dependencies: [
                "Charts", "Runs", "Engine", "Batches", "Files", "Network", "Kernels", "Configuration", "Machine",
            ]),
        .target(
            name: "Preparation",
            dependencies: [
                "Batches", "Recipes", "Files", "Kernels", "Configuration", "HDF5", "CDeflate", "CImages", "Machine",
                "Network",
            ]),
        .target(
            name: "Stormo",
            dependencies: [
                "Runs", "Interchange", "Engine", "Batches", "Optimizers", "Metrics", "Files", "Machine", "Network",
                "Kernels", "Configuration", "HDF5",
            ]),
        .executableTarget(
            name: "stormo-cli",
            dependencies: [
                "Charts", "Reports", "Benchmark", "Preparation", "Runs", "Interchange", "Engine", "Batches", "Recipes",
                "Optimizers",
                "Metrics", "Files", "Machine", "Network", "Kernels",
                "Configuration", "HDF5",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tests mirror Sources. What several of them share stands in TestSupport: numbers, references, folders; and in
        // RunSupport: small models, data and runs.
        .target(
            name: "TestSupport", dependencies: ["Kernels", "Network", "Configuration", "HDF5"],
            path: "Tests/TestSupport"),
        .target(
            name: "RunSupport",
            dependencies: [
                "Runs", "Interchange", "Engine", "Batches", "Optimizers", "Metrics", "Files", "Network", "Kernels",
                "Configuration", "HDF5", "TestSupport",
            ], path: "Tests/RunSupport"),
        // Kinds that a program defines itself. It is a stranger to the package: what it takes must be public.
        .target(name: "OwnKinds", dependencies: ["Stormo"], path: "Tests/OwnKinds", packageAccess: false),
        // Images are written by the libraries that read them; no program of the package writes any.
        .target(
            name: "CImageWriters", path: "Tests/CImageWriters",
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("webp")]),
        // A program beside Stormo, a package of its own, whose sources the tests compile too.
        .target(
            name: "Tour", dependencies: ["Stormo"], path: "Tests/SwiftPackage/Sources/Tour", packageAccess: false),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .target(name: "CLockFailure", path: "Tests/CLockFailure"),
        .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
        .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "CHDF5", "CFence", "TestSupport", "CLockFailure"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "TestSupport"]),
        .testTarget(name: "RecipesTests", dependencies: ["Recipes", "Configuration", "TestSupport"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "Network", "TestSupport"]),
        .testTarget(name: "NetworkTests", dependencies: ["Network", "TestSupport"]),
        .testTarget(name: "MachineTests", dependencies: ["Machine", "TestSupport"]),
        .testTarget(
            name: "FilesTests",
            dependencies: ["Files", "Runs", "Interchange", "Network", "Kernels", "HDF5", "TestSupport", "RunSupport"]),
        .testTarget(
            name: "TensorBoardTests",
            dependencies: [
                "TensorBoard", "Files", "TestSupport", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Engine", "Network", "Kernels", "TestSupport"]),
        .testTarget(
            name: "OptimizersTests",
            dependencies: [
                "Optimizers", "Runs", "Engine", "Network", "Kernels", "Configuration", "TestSupport", "RunSupport",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "BatchesTests",
            dependencies: [
                "Batches", "Recipes", "Preparation", "Runs", "Interchange", "Engine", "Metrics", "Machine", "Network",
                "Kernels",
                "Configuration", "HDF5", "TestSupport", "RunSupport",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Engine", "Runs", "Interchange", "Batches", "Recipes", "Optimizers", "Metrics", "Machine", "Network",
                "Kernels",
                "Configuration", "HDF5", "TestSupport", "RunSupport", "CAllocationCounter",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "InterchangeTests",
            dependencies: [
                "Interchange", "Runs", "Engine", "Batches", "Files", "Network", "Kernels", "Configuration", "HDF5",
                "TestSupport", "RunSupport",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "RunsTests",
            dependencies: [
                "Runs", "Interchange", "Engine", "Batches", "Optimizers", "Metrics", "Files", "Machine", "Network",
                "Kernels", "Configuration", "HDF5", "TestSupport", "RunSupport", "CLockFailure",
            ]),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Reports", "Charts", "Runs", "Metrics", "Files", "Configuration", "TestSupport"]),
        .testTarget(
            name: "BenchmarkTests",
            dependencies: [
                "Benchmark", "Runs", "Engine", "Batches", "Optimizers", "Metrics", "Machine", "Configuration",
                "TestSupport", "RunSupport",
            ]),
        .testTarget(
            name: "StormoTests",
            dependencies: [
                "Stormo", "OwnKinds", "Tour", "Runs", "Interchange", "Engine", "Optimizers", "Metrics", "Network",
                "Kernels",
                "Configuration", "HDF5", "TestSupport", "RunSupport",
            ]),
        .testTarget(
            name: "PreparationTests",
            dependencies: [
                "Preparation", "CImages", "CImageWriters", "Benchmark", "Runs", "Interchange", "Engine", "Batches",
                "Recipes", "Optimizers", "Metrics", "Files", "Machine", "Network", "Kernels", "Configuration", "HDF5",
                "TestSupport",
            ]),
        .executableTarget(
            name: "stormo-fuzz",
            dependencies: [
                "Preparation", "Benchmark", "Runs", "Interchange", "Engine", "Batches", "Optimizers", "Metrics",
                "Files", "Machine", "Network", "Configuration", "HDF5", "TestSupport", "CImageWriters",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tests/Fuzz"),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "stormo-cli", "stormo-fuzz", "CImageWriters", "Benchmark", "Runs", "Interchange", "Engine", "Batches",
                "Recipes", "Optimizers", "Metrics", "Files", "Machine", "Network", "Configuration", "HDF5",
            ],
            exclude: ["Fixtures"]),
    ]
)

// A sanitizer is a build of its own, so CI names the test targets that it is to see, and no others are built.
if let names = Context.environment["STORMO_TESTS"]?.split(separator: ",").map(String.init) {
    package.targets.removeAll { $0.type == .executable || $0.type == .test && !names.contains($0.name) }
    package.products.removeAll { $0.name == "stormo" }
}
