// SPDX-License-Identifier: Apache-2.0

/// Every limit between the driver and the JVM's Scala REPL.
package struct ScalaLimits: Equatable, Sendable {
  /// UTF-16 units that one statement prints and shows; what comes after is dropped, and the output
  /// says so. A unit takes at most three bytes on its way, so that a reply of Py4J's can hold them.
  package var outputUnitsMax = 8 << 20

  package init() {}
}
