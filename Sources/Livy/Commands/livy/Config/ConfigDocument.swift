// SPDX-License-Identifier: Apache-2.0

internal import Livy

extension SettingRow {
  /// Its class, in words for a table.
  var kind: String {
    let plain: SettingVerdict.Class =
      switch fate {
      case .honoured: .honoured
      case .mapped: .mapped
      case .ignored: .ignored
      }
    guard let refusal else { return plain.rawValue }
    let refused = SettingVerdict.Class.refused.rawValue
    return switch refusal.values {
    case .yes: "\(refused) if true"
    case .anything: "\(refused) if set"
    case .allBut(let values): "\(refused) unless \(values.joined(separator: ", "))"
    case .only(let values): "\(plain.rawValue), \(refused) if \(values.joined(separator: ", "))"
    }
  }

  /// What it does, or why it does nothing.
  var explanation: String {
    if let refusal { return refusal.hint }
    return switch fate {
    case .honoured: help
    case .mapped(let other): "is read as \(other)"
    case .ignored(let reason): reason
    }
  }
}

/// The document on settings, made of the table.
enum ConfigDocument {
  static var text: String {
    ([opening] + SettingTable.sections.map(section) + [environment]).joined(separator: "\n")
  }

  private static let opening = """
    # Configuration

    <!-- Made by `make generate` of the server's own table; a test compares it. -->

    A server reads `livy.conf`, `livy-client.conf` and `spark-blacklist.conf` in its conf folder:
    `LIVY_CONF_DIR`, else `conf` in `LIVY_HOME`, else `/etc/livy/conf`. The first two are Java
    properties; where both have a key, `livy.conf` wins. The third has a conf key on each line that
    sessions and batches may not set. `--set NAME=VALUE` wins over the environment
    (`livy.server.port` is `LIVY_SERVER_PORT`), which wins over the files.

    `livy config check [FILE or FOLDER]` tells what becomes of each entry, and ends with status 1 if
    a server would not start with them. `livy config list` prints the tables below. `livy migrate DIR`
    reads the configuration of an Apache Livy and tells what changes.

    Every key has a class:

    - **honoured**: read under this name. The default is this server's.
    - **mapped**: read as if it stood there under another name. The other name wins where both are set.
    - **ignored**: has no effect, for the reason given; the server warns of it. The default is Livy's.
    - **refused**: with such a value the server does not start, since it would promise what is not there.

    Any other key is ignored with a warning that names the nearest key.

    """

  private static func section(_ section: SettingSection) -> String {
    """
    ## \(section.title)

    | key | default | class | what it does, or why not |
    | --- | --- | --- | --- |

    """ + section.rows.map { line($0) + "\n" }.joined()
  }

  private static func line(_ row: SettingRow) -> String {
    let standard = row.standard.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
    return "| `\(row.title)` | \(standard) | \(row.kind) | \(cell(row.explanation)) |"
  }

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private static var environment: String {
    """
    ## Environment

    | variable | class | what it does |
    | --- | --- | --- |

    """
      + EnvironmentRow.all.map { row in
        "| `\(row.name)` | \(row.fate.rawValue) | \(cell(row.help)) |\n"
      }.joined()
  }
}

/// The table as JSON.
struct SettingList: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.array { writer in
      for section in SettingTable.sections {
        for row in section.rows {
          writer.object { writer in
            writer.field("key", row.title)
            writer.field("default", row.standard)
            writer.field("class", row.kind)
            writer.field("effect", row.explanation)
            writer.field("section", section.title)
          }
        }
      }
    }
  }
}
