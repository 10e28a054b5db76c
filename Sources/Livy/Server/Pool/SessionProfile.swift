// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What of a request goes into the start of its driver, with whose it is. Only requests of equal
/// profiles may have a driver that was started for one of them.
package struct SessionProfile: Hashable, Sendable {
  /// What a driver is started with, before there is a session.
  package let request: SessionRequest

  /// Left out is what the server alone heeds: how long the session lives, and its name. Whatever a
  /// request will hold one day is a part of the profile until it is left out here.
  package init(_ request: SessionRequest) {
    var request = request
    request.name = request.conf["spark.app.name"] == nil ? Self.applicationName : nil
    request.heartbeatTimeoutSeconds = 0
    request.ttl = nil
    request.idleTimeout = nil
    self.request = request
  }

  /// What Spark's own pages call it; the session's name is not known yet.
  static let applicationName = "livy-session"
}
