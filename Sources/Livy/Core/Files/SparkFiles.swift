// SPDX-License-Identifier: Apache-2.0

/// Files that Spark brings to the driver and the executors: URIs as given, already checked.
package struct SparkFiles: Hashable, Sendable {
  package var jars: [String] = []
  package var pythonFiles: [String] = []
  package var files: [String] = []
  package var archives: [String] = []

  package init() {}

  /// Conf keys that hold URIs too.
  package static let confKeys = [
    "spark.jars", "spark.files", "spark.submit.pyFiles", "spark.archives",
    "spark.yarn.archive", "spark.yarn.dist.archives", "spark.yarn.dist.files",
    "spark.yarn.dist.jars", "spark.yarn.jar", "spark.yarn.jars",
  ]

  /// The URIs in the value of such a key, where a blank parts them as a comma does.
  package static func uris(in value: String) -> [String] {
    // By bytes, as Java does: a mark that combines with a comma does not hide it.
    value.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
      .map { String(Substring($0)) }
  }
}
