// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Names of the Python files that were added to an application while it runs, in order. Spark has
/// brought them to its folder on every node; each Python process takes them up before what it runs
/// next.
package final class PythonFiles: Sendable {
  private let added = Locked<[String]>([])

  package init() {}

  package var names: [String] { added.withLock { $0 } }

  /// A name that is there already changes nothing.
  package func add(_ name: String) {
    added.withLock { if !$0.contains(name) { $0.append(name) } }
  }
}
