// SPDX-License-Identifier: Apache-2.0

/// Schemas of protobuf's well-known types, in this program: nobody needs to have the files.
package enum WellKnownFiles {
  /// The module of what is generated from them.
  package static let module = "WireWellKnown"

  /// The bytes of a file by the path under which schemas import it, or `nil`.
  package static func bytes(of path: String) -> [UInt8]? {
    switch path {
    case "google/protobuf/any.proto": PackageResources.any_proto
    case "google/protobuf/duration.proto": PackageResources.duration_proto
    case "google/protobuf/empty.proto": PackageResources.empty_proto
    case "google/protobuf/field_mask.proto": PackageResources.field_mask_proto
    case "google/protobuf/struct.proto": PackageResources.struct_proto
    case "google/protobuf/timestamp.proto": PackageResources.timestamp_proto
    case "google/protobuf/wrappers.proto": PackageResources.wrappers_proto
    default: nil
    }
  }
}
