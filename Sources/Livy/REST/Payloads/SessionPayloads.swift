// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore

extension LivyAPI.Session {
  /// What Livy shows of a session.
  init(_ snapshot: SessionSnapshot) {
    let request = snapshot.request
    self.init(
      id: Int(snapshot.id.number), state: State(snapshot.state), kind: request.kind.name)
    name = request.name
    appID = snapshot.applicationID.flatMap(Self.clusterApplication)
    owner = request.owner
    proxyUser = request.proxyUser
    appInfo.sparkUIURL = snapshot.sparkUIURL.flatMap(Self.webAddress)
    log = snapshot.log
    ttl = request.ttl
    idleTimeout = request.idleTimeout
    driverMemory = request.resources.driverMemory
    driverCores = Int(request.resources.driverCores ?? 0)
    executorMemory = request.resources.executorMemory
    executorCores = Int(request.resources.executorCores ?? 0)
    conf = request.conf
    archives = request.files.archives
    files = request.files.files
    heartbeatTimeoutInSecond = Int(request.heartbeatTimeoutSeconds)
    jars = request.files.jars
    numExecutors = Int(request.resources.executorCount ?? 0)
    pyFiles = request.files.pythonFiles
    queue = request.queue
  }

  /// Livy takes the id from the cluster's manager, so with a local master it stays null; Spark's own
  /// name for such an application begins with `local-`.
  private static func clusterApplication(_ id: String) -> String? {
    id.hasPrefix("local-") ? nil : id
  }

  /// A driver's word, shown as a link to people: nothing but http and https.
  private static func webAddress(_ text: String) -> String? {
    let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
    let isClean = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    return isWeb && isClean ? text : nil
  }
}

extension LivyAPI.Session.State {
  init(_ state: SessionState) {
    self.init(rawValue: state.rawValue)
  }
}

extension SessionPhases {
  init(_ snapshot: SessionSnapshot) {
    self.init(
      id: Int(snapshot.id.number), state: Session.State(snapshot.state),
      created: snapshot.createdMilliseconds)
    reason = snapshot.reason
    phases = snapshot.phases.map { Phase(name: $0.phase.rawValue, at: $0.atMilliseconds) }
    expiries = snapshot.expiries.map { Expiry(cause: $0.cause.rawValue, at: $0.atMilliseconds) }
    held = snapshot.held.map { Int(clamping: $0.number) }
  }
}
