// SPDX-License-Identifier: Apache-2.0

/// Every limit between the driver and the JVM's Scala REPL.
package struct ScalaLimits: Equatable, Sendable {
  /// UTF-16 units that one statement prints and shows; what comes after is dropped, and the output
  /// says so. A unit takes at most three bytes on its way, so that a reply of Py4J's can hold them.
  package var outputUnitsMax = 8 << 20
  /// Between two looks at what running code has printed.
  package var printInterval: Duration = .milliseconds(20)
  /// Rows that a magic takes of a Dataset or an RDD.
  package var magicRowsMax = 1_000
  /// UTF-16 units of a magic's JSON; a value that takes more is an error.
  package var magicUnitsMax = 8 << 20
  /// Names that one completion tells.
  package var candidatesMax = 1_000
  /// Code of a cancelled statement that was interrupted and still runs after so long is stopped,
  /// wherever it is, where Java can do that.
  package var lastResortDelay: Duration = .seconds(3)

  package init() {}
}
