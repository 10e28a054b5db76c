// SPDX-License-Identifier: Apache-2.0

/// Schemas of protobuf's well-known types, in this program: nobody needs to have the files.
package enum WellKnownFiles {
  /// The module of what is generated from them.
  package static let module = "WireWellKnown"

  /// The path under which the file is imported that declares a type, by the type's full name.
  package static func path(declaring type: String) -> String? {
    let file: String? =
      switch type {
      case "google.protobuf.Any": "any"
      case "google.protobuf.Duration": "duration"
      case "google.protobuf.Empty": "empty"
      case "google.protobuf.FieldMask": "field_mask"
      case "google.protobuf.Timestamp": "timestamp"
      case "google.protobuf.ListValue", "google.protobuf.NullValue", "google.protobuf.Struct",
        "google.protobuf.Value":
        "struct"
      case "google.protobuf.BoolValue", "google.protobuf.BytesValue", "google.protobuf.DoubleValue",
        "google.protobuf.FloatValue", "google.protobuf.Int32Value", "google.protobuf.Int64Value",
        "google.protobuf.StringValue", "google.protobuf.UInt32Value", "google.protobuf.UInt64Value":
        "wrappers"
      default: nil
      }
    return file.map { "google/protobuf/\($0).proto" }
  }

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
