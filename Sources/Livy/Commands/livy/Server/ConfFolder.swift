// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// The operator's folder of configuration files. Files that are not there count as empty.
struct ConfFolder {
  var path: String

  static let blacklistName = "spark-blacklist.conf"

  /// Far above any configuration that a person writes.
  static let fileBytesMax = 4 << 20

  /// `livy.conf`, and under it `livy-client.conf`, in which Livy's operators write `livy.rsc`
  /// settings: Java properties both.
  func settings(
    named names: [String] = ["livy.conf", "livy-client.conf"]
  ) throws(LivyError) -> [SettingFile] {
    var files: [SettingFile] = []
    for name in names {
      guard let text = try text(of: name) else { continue }
      do {
        files.append(try SettingFile(name: "\(path)/\(name)", parsing: text))
      } catch {
        throw LivyError(.configuration, "\(path)/\(name): \(error)")
      }
    }
    return files
  }

  /// `spark-blacklist.conf`: a conf key on each line that requests may not set.
  func blacklist() throws(LivyError) -> Set<String> {
    let lines = try text(of: Self.blacklistName)?.split(separator: "\n") ?? []
    return Set(
      lines.map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") })
  }

  /// Nil where there is no such file.
  func text(of name: String) throws(LivyError) -> String? {
    let file = URL(filePath: path).appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      let bytes = try Data(contentsOf: file)
      guard bytes.count <= Self.fileBytesMax else {
        throw LivyError(.configuration, "\(file.path) is larger than \(Self.fileBytesMax) bytes")
      }
      return String(decoding: bytes, as: UTF8.self)
    } catch let error as LivyError {
      throw error
    } catch {
      throw LivyError(.configuration, "\(file.path) cannot be read", cause: error)
    }
  }
}
