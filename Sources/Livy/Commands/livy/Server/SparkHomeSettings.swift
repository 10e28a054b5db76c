// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// `livy.server.spark-homes.NAME = FOLDER`: Sparks beside the server's own, from which sessions and
/// batches choose by name.
enum SparkHomeSettings {
  static let start = "livy.server.spark-homes."

  private static let nameBytesMax = 64

  /// Folders by name. Each has to hold a spark-submit.
  static func read(_ sources: SettingSources) throws(LivyError) -> [String: String] {
    var homes: [String: String] = [:]
    for (name, found) in sources.family(start).sorted(by: { $0.key < $1.key }) {
      let key = start + name
      guard isName(name) else {
        throw LivyError(
          .configuration,
          "\(key) (from \(found.place)) ends in no name; write up to \(nameBytesMax) letters, digits, dots or dashes"
        )
      }
      guard found.text.hasPrefix("/"),
        FileManager.default.isExecutableFile(atPath: found.text + "/bin/spark-submit")
      else {
        throw LivyError(
          .configuration,
          "\(key) is \"\(found.text)\" (from \(found.place)), where no bin/spark-submit stands; write the folder of a Spark"
        )
      }
      homes[name] = found.text
    }
    return homes
  }

  private static func isName(_ text: String) -> Bool {
    let marks = "._-".utf8
    return (1...nameBytesMax).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          || UInt8(exactly: scalar.value).map(marks.contains) ?? false
      }
  }
}
