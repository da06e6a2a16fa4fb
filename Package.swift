// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Stormo",
    products: [
        .library(name: "Stormo", targets: ["Stormo"]),
        .executable(name: "stormo", targets: ["stormo-cli"]),
    ],
    traits: [
        .trait(name: "Images", description: "Converts folders of PNG and JPEG images; needs libgd.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CImages", pkgConfig: "gdlib", providers: [.apt(["libgd-dev"])]),
        .target(name: "CVector"),
        .target(name: "HDF5", dependencies: ["CHDF5", "CDeflate"]),
        .target(name: "Configuration"),
        .target(name: "Kernels", dependencies: ["COneDNN", "CVector"]),
        .target(name: "Network", dependencies: ["Kernels", "Configuration"]),
        .target(name: "Training", dependencies: ["Network", "Configuration", "HDF5", "CDeflate"]),
        .target(
            name: "Preparation",
            dependencies: [
                "Training", "Kernels", "Configuration", "HDF5", "CDeflate",
                .target(name: "CImages", condition: .when(traits: ["Images"])),
            ]),
        .target(name: "Stormo", dependencies: ["Training"]),
        .executableTarget(
            name: "stormo-cli",
            dependencies: [
                "Preparation", "Training", "Network", "Kernels", "Configuration", "HDF5",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .target(name: "TestSupport", dependencies: ["Kernels", "Network"], path: "Tests/TestSupport"),
        .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "CHDF5", "TestSupport"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "TestSupport"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
        .testTarget(name: "NetworkTests", dependencies: ["Network", "TestSupport"]),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Network", "Configuration", "HDF5", "TestSupport", "CAllocationCounter"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "PreparationTests",
            dependencies: [
                "Preparation", "Training", "Network", "Kernels", "Configuration", "HDF5", "TestSupport",
            ]),
        .executableTarget(
            name: "stormo-fuzz",
            dependencies: [
                "Preparation", "Training", "Network", "Configuration", "HDF5", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tests/Fuzz"),
        .testTarget(
            name: "CommandTests",
            dependencies: ["stormo-cli", "stormo-fuzz", "Training", "Configuration", "HDF5"],
            exclude: ["Fixtures"]),
    ]
)
