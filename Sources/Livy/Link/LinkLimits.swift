// SPDX-License-Identifier: Apache-2.0

/// Limits of the conversation between server and driver.
package struct LinkLimits: Equatable, Sendable {
  /// For calls that a healthy driver answers at once.
  package var answerTimeout: Duration = .seconds(60)
  /// For a file that a driver brings to its application: Spark may fetch it from far away.
  package var additionTimeout: Duration = .seconds(600)
  /// For the whole enrolment, on the driver's side.
  package var enrolmentTimeout: Duration = .seconds(30)
  /// Life of a driver's certificate. It is checked when a connection begins.
  package var certificateLifetime: Duration = .seconds(24 * 3_600)
  /// A driver's reason for not starting is cut here.
  package var failureBytesMax = 64 << 10
  /// Pauses between two attempts to reach the other side.
  package var reconnect = ReconnectPolicy()
  /// Connect-back: a driver without a server tells its address again after so long.
  package var announceInterval: Duration = .seconds(15)

  package init() {}
}
