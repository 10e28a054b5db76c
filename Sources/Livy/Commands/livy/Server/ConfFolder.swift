// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// The operator's folder of configuration files. Files that are not there count as empty.
struct ConfFolder {
  var path: String

  /// Far above any configuration that a person writes.
  static let fileBytesMax = 4 << 20

  /// `livy.conf`, and under it `livy-client.conf`, in which Livy's operators write `livy.rsc`
  /// settings: Java properties both.
  func settings() throws(LivyError) -> [SettingFile] {
    var files: [SettingFile] = []
    for name in ["livy.conf", "livy-client.conf"] {
      guard let text = try read(name) else { continue }
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
    let lines = try read("spark-blacklist.conf")?.split(separator: "\n") ?? []
    return Set(
      lines.map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") })
  }

  private func read(_ name: String) throws(LivyError) -> String? {
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
