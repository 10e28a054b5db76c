// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// A package of its own, so that the project itself never resolves or builds swift-protobuf.
/// `Benchmarks/codec/build.sh` puts it together in `.build-peers`, with the generated messages and
/// the sources that all Swift programs of this benchmark share.
let package = Package(
  name: "swift-protobuf-peer",
  dependencies: [.package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0")],
  targets: [
    .executableTarget(
      name: "SwiftProtobufPeer",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ])
