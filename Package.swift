// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Stormo",
    products: [
        .library(name: "Stormo", targets: ["Stormo"]),
        .executable(name: "stormo", targets: ["stormo-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .target(name: "CVector"),
        .target(name: "HDF5", dependencies: ["CHDF5"]),
        .target(name: "Configuration"),
        .target(name: "Kernels", dependencies: ["COneDNN", "CVector"]),
        .target(name: "Network", dependencies: ["Kernels", "Configuration"]),
        .target(name: "Training", dependencies: ["Network", "Configuration", "HDF5"]),
        .target(name: "Stormo", dependencies: ["Training"]),
        .executableTarget(
            name: "stormo-cli",
            dependencies: [
                "Training", "Network", "Kernels", "Configuration", "HDF5",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .target(name: "TestSupport", dependencies: ["Kernels", "Network"], path: "Tests/TestSupport"),
        .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "CHDF5"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
        .testTarget(name: "NetworkTests", dependencies: ["Network", "TestSupport"]),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Network", "Configuration", "HDF5", "TestSupport", "CAllocationCounter"],
            exclude: ["Fixtures"]),
        .testTarget(name: "CommandTests", dependencies: ["stormo-cli", "Training", "Configuration", "HDF5"]),
    ]
)
