// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// `LIVY_FLOORS=1` leaves out everything that needs NIO or SQLite: the floors and the driver build
/// and test alone.
let floorsOnly = Context.environment["LIVY_FLOORS"] == "1"
/// `LIVY_STATIC=1` links libuv and OpenSSL from their archives; used for the one fully static
/// `livy-driver`.
let staticArchives = Context.environment["LIVY_STATIC"] == "1"

/// `LIVY_FUZZ=1` adds the fuzzers, which bring no `main` of their own: see `scripts/fuzz.sh`.
let fuzzers = Context.environment["LIVY_FUZZ"] == "1"

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]
/// On the path of each call the dynamic checks of exclusive access cost more than all of Wire (30 %
/// of a call's instructions). Debug builds keep them, and with them the whole suite; so do the
/// modules above.
let pathSettings =
  settings + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let nativeLibraries: [LinkerSetting] =
  staticArchives
  ? [":libuv_a.a", ":libssl.a", ":libcrypto.a", "dl", "pthread"].map { .linkedLibrary($0) }
  : ["uv", "ssl", "crypto"].map { .linkedLibrary($0) }

func module(
  _ name: String, _ path: String, uses dependencies: [Target.Dependency] = [],
  resources: [Resource] = [], settings: [SwiftSetting] = settings
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, resources: resources,
    swiftSettings: settings)
}

func command(
  _ name: String, _ path: String, uses dependencies: [Target.Dependency],
  settings: [SwiftSetting] = settings
) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(
  _ name: String, uses dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources,
    swiftSettings: settings)
}

func product(_ name: String, _ package: String) -> Target.Dependency {
  .product(name: name, package: package)
}

// MARK: The floors: no NIO, no SQLite, and no Foundation below the driver.

var products: [Product] = [
  .executable(name: "livy-driver", targets: ["LivyDriverCommand"]),
  .executable(name: "schemac", targets: ["SchemaCommand"]),
  .library(name: "WireCodec", targets: ["WireCodec", "WireWellKnown"]),
  .library(name: "WireJSON", targets: ["WireJSON", "WireWellKnownJSON"]),
]
var packages: [Package.Dependency] = []
var targets: [Target] = [
  .target(
    name: "CUV", path: "Sources/CUV",
    linkerSettings: nativeLibraries),
  module("Transport", "Sources/Transport", uses: ["CUV"], settings: pathSettings),
  module("WireCodec", "Sources/Wire/Codec"),
  module("WireJSON", "Sources/Wire/JSON", uses: ["WireCodec"]),
  module("Wire", "Sources/Wire/Runtime", uses: ["Transport", "WireCodec"], settings: pathSettings),
  module("WireMessages", "Sources/Wire/Messages", uses: ["Wire", "WireCodec"]),
  module("WireWellKnown", "Sources/Wire/WellKnown", uses: ["WireCodec"]),
  module(
    "WireWellKnownJSON", "Sources/Wire/WellKnownJSON",
    uses: ["WireCodec", "WireJSON", "WireWellKnown"]),
  module("LivyCore", "Sources/Livy/Core"),
  module(
    "LivyLink", "Sources/Livy/Link",
    uses: ["LivyCore", "Transport", "Wire", "WireCodec", "WireMessages"]),
  module("LivyPy4J", "Sources/Livy/Py4J", uses: ["Transport"]),
  module(
    "LivyDriver", "Sources/Livy/Driver",
    uses: ["LivyCore", "LivyLink", "LivyPy4J", "Transport"],
    resources: [.embedInCode("Interpreters/Scripts")]),
  command(
    "LivyDriverCommand", "Sources/Livy/Commands/livy-driver",
    uses: ["LivyCore", "LivyDriver", "LivyLink", "LivyPy4J", "Transport"]),
  module("LivyLaunch", "Sources/Livy/Launch", uses: ["LivyCore", "Transport"]),
  module(
    "SchemaWellKnown", "schema/wellknown", resources: [.embedInCode("google/protobuf")]),
  module("SchemaCompiler", "schema/Compiler", uses: ["SchemaWellKnown"]),
  command("SchemaCommand", "schema/Command", uses: ["SchemaCompiler"]),
]

targets += [
  module("TestSupport", "Tests/Support", uses: ["Transport"]),
  module("Simulation", "Tests/Simulation", uses: ["TestSupport", "Transport"]),
  tests("LeakTests", uses: ["TestSupport", "Transport", "Wire", "WireCodec"]),
  tests("SimulationTests", uses: ["Simulation", "TestSupport", "Transport", "Wire", "WireCodec"]),
  command("Crowd", "Tests/Crowd", uses: []),
  tests("TransportTests", uses: ["Crowd", "Transport", "TestSupport"]),
  tests(
    "WireTests",
    uses: ["Transport", "Wire", "WireCodec", "WireMessages", "WireWellKnown", "TestSupport"]),
  module(
    "WireSamples", "Tests/Samples/Generated",
    uses: ["WireCodec", "WireJSON", "WireWellKnown", "WireWellKnownJSON"]),
  module(
    "ConformanceTestee", "Tests/Conformance/Testee",
    uses: ["WireCodec", "WireJSON", "WireSamples", "WireWellKnown", "WireWellKnownJSON"]),
  command("ConformanceCommand", "Tests/Conformance/Command", uses: ["ConformanceTestee"]),
  tests(
    "WireJSONTests",
    uses: [
      "ConformanceCommand", "TestSupport", "WireCodec", "WireJSON", "WireSamples", "WireWellKnown",
      "WireWellKnownJSON",
    ]),
  tests(
    "DifferentialTests",
    uses: ["SchemaCompiler", "TestSupport", "WireCodec", "WireJSON", "WireSamples"],
    resources: [.copy("Peer")]),
  tests("SchemaTests", uses: ["SchemaCompiler"], resources: [.copy("Golden")]),
  tests("CoreTests", uses: ["LivyCore"]),
  tests("LinkTests", uses: ["LivyCore", "LivyLink", "Transport", "Wire", "TestSupport"]),
  tests("Py4JTests", uses: ["LivyPy4J", "Transport", "TestSupport"]),
  tests("DriverTests", uses: ["LivyCore", "LivyDriver", "LivyPy4J", "Transport", "TestSupport"]),
  tests("LaunchTests", uses: ["LivyCore", "LivyLaunch", "Transport", "TestSupport"]),
  tests("TidyTests", uses: []),
]

// MARK: Ours in the benchmarks of the RPC and of the codec: `LIVY_BENCH=1`.

if Context.environment["LIVY_BENCH"] == "1" {
  products += [
    .executable(name: "CodecBench", targets: ["CodecBench"]),
    .executable(name: "RPCBench", targets: ["RPCBench"]),
  ]
  // Half of Wire's path is compiled into its caller, and all of the codec's.
  targets += [
    command("CodecBench", "Benchmarks/codec/ours", uses: ["WireCodec"]),
    command(
      "RPCBench", "Benchmarks/rpc/ours", uses: ["Transport", "Wire", "WireCodec"],
      settings: pathSettings),
  ]
}

if fuzzers {
  targets += [
    command(
      "FrameFuzzer", "Tests/fuzz/FrameFuzzer",
      uses: ["Simulation", "Transport", "Wire", "WireCodec"]),
    command("HandshakeFuzzer", "Tests/fuzz/HandshakeFuzzer", uses: ["TestSupport", "Transport"]),
    command(
      "CodecFuzzer", "Tests/fuzz/CodecFuzzer", uses: ["WireCodec", "WireJSON", "WireSamples"]),
    command("JSONFuzzer", "Tests/fuzz/JSONFuzzer", uses: ["WireCodec", "WireJSON", "WireSamples"]),
    command("SchemaFuzzer", "Tests/fuzz/SchemaFuzzer", uses: ["SchemaCompiler"]),
    command("MessageFuzzer", "Tests/fuzz/MessageFuzzer", uses: ["WireCodec", "WireMessages"]),
  ]
}

// MARK: The server and the command line.

if !floorsOnly {
  products += [
    .executable(name: "livy", targets: ["LivyCommand"]),
    .library(name: "Livy", targets: ["Livy"]),
  ]
  packages += [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    // Hummingbird and async-http-client bring these; the REST module uses them by name too.
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.90.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.29.0"),
  ]
  let logging = product("Logging", "swift-log")
  targets += [
    .target(
      name: "CZip", path: "Sources/CZip", linkerSettings: [.linkedLibrary("z")]),
    module("LivyAPI", "Sources/Livy/API"),
    module(
      "LivyStore", "Sources/Livy/Store",
      uses: ["LivyAPI", "LivyCore", product("GRDB", "GRDB.swift")]),
    module("LivyServer", "Sources/Livy/Server", uses: ["LivyCore", logging]),
    module(
      "LivyREST", "Sources/Livy/REST",
      uses: [
        "CZip", "LivyAPI", "LivyCore", "LivyServer", logging, product("Hummingbird", "hummingbird"),
        product("HummingbirdCore", "hummingbird"), product("HTTPTypes", "swift-http-types"),
        product("NIOCore", "swift-nio"), product("NIOHTTPTypes", "swift-nio-extras"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("UnixSignals", "swift-service-lifecycle"),
      ], resources: [.embedInCode("Web")]),
    module(
      "Livy", "Sources/Livy/Client",
      uses: [
        "LivyAPI", product("AsyncHTTPClient", "async-http-client"),
        product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"),
      ]),
    command(
      "LivyCommand", "Sources/Livy/Commands/livy",
      uses: [
        "Livy", "LivyAPI", "LivyCore", "LivyLaunch", "LivyLink", "LivyREST", "LivyServer",
        "LivyStore", "Transport", logging,
        product("ArgumentParser", "swift-argument-parser"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("UnixSignals", "swift-service-lifecycle"),
      ]),
    tests("StoreTests", uses: ["LivyCore", "LivyStore", product("GRDB", "GRDB.swift")]),
    tests("ServerTests", uses: ["LivyCore", "LivyServer", "LivyStore", logging]),
    module(
      "RESTTestSupport", "Tests/RESTSupport",
      uses: ["LivyCore", "LivyREST", "LivyServer", "LivyStore", logging]),
    tests(
      "RESTTests",
      uses: [
        "LivyAPI", "LivyCore", "LivyREST", "LivyServer", "RESTTestSupport",
        product("Hummingbird", "hummingbird"), product("HummingbirdTesting", "hummingbird"),
        product("HTTPTypes", "swift-http-types"), product("NIOCore", "swift-nio"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("UnixSignals", "swift-service-lifecycle"),
      ]),
    tests(
      "ClientTests", uses: ["Livy", "LivyAPI", "LivyCore", "LivyServer", "RESTTestSupport"]),
    tests(
      "CommandsTests",
      uses: [
        "Livy", "LivyAPI", "LivyCommand", "LivyCore", "LivyLaunch", "LivyREST", "LivyServer",
        "RESTTestSupport", "TestSupport", logging,
        product("ArgumentParser", "swift-argument-parser"),
      ]),
    tests(
      "IntegrationTests", uses: ["Livy", "LivyAPI", "Transport", "TestSupport"],
      resources: [.copy("Clients")]),
  ]
}

let package = Package(
  name: "livy-swift", products: products, dependencies: packages, targets: targets)
