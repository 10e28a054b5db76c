// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyLaunch
internal import LivyLink
internal import LivyREST
internal import LivyServer

/// A server's settings after parsing; every value was checked.
struct ServerSettings: Sendable {
  var rest: RESTSettings
  var sessions: SessionSettings
  var launch: LaunchSettings
  var rpc: RPCSettings
  var stopTimeout: Duration
  var stateFolder: String
  /// Nil where none is written.
  var requestLog: RequestLogSettings?
  /// Nil where no archives of classes are used.
  var archives: ArchiveSettings?

  /// Where drivers find the server.
  struct RPCSettings: Sendable {
    /// Name or address; nil means loopback for a local master, else this machine's name.
    var address: String?
    var ports: ClosedRange<UInt16>
    var connectBackNetworks: [Network]
  }

  init(
    _ sources: SettingSources, surroundings: Surroundings, blacklist: Set<String> = []
  ) throws(LivyError) {
    try sources.checkRefused()
    stateFolder = surroundings.stateFolder
    stopTimeout = try sources.duration(.stopTimeout)
    sessions = try Self.sessions(sources)
    sessions.uploads = UploadShelf(sessionsFolder: surroundings.stateFolder + "/sessions")
    launch = try Self.launch(sources, surroundings)
    rest = try Self.rest(sources, blacklist, launch)
    rpc = try Self.rpc(sources)
    requestLog = try RequestLogSettings(sources, surroundings)
    archives = try ArchiveSettings(sources, surroundings)
    guard launch.master.hasPrefix("local") || launch.master.hasPrefix("spark://") else {
      throw LivyError(
        .configuration,
        """
        livy.spark.master is \"\(launch.master)\"; this version starts drivers on its own machine, for \
        local masters such as local[*] and for standalone ones such as spark://HOST:7077
        """)
    }
  }

  /// Where people and programs find the REST API.
  func url(port: UInt16) -> String {
    "http://\(rest.host.contains(":") ? "[\(rest.host)]" : rest.host):\(port)"
  }

  private static func rest(
    _ sources: SettingSources, _ blacklist: Set<String>, _ launch: LaunchSettings
  ) throws(LivyError) -> RESTSettings {
    var rest = RESTSettings()
    rest.host = sources.text(.host) ?? "127.0.0.1"
    rest.port = try sources.port(.port)
    if !BrowserRules.isLoopback(rest.host), try !sources.flag(.trustNetwork) {
      throw LivyError(
        .configuration,
        """
        livy.server.host is \(rest.host), which others can reach, and nobody has to log in: everybody there could run \
        code as this user. Use 127.0.0.1, or say livy.server.trust-network=true
        """)
    }
    let hosts = sources.list(.allowedHosts).map { $0.lowercased() }
    if hosts.contains("*") {
      rest.browsers.hosts = .any
    } else if !hosts.isEmpty {
      rest.browsers.hosts = .only(Set(hosts))
    }
    rest.securityHeaders = try securityHeaders(sources)
    rest.ui.presence = try sources.flag(.uiEnabled) ? .served : .absent
    rest.ui.basePath = try UIBasePath(sources.text(.uiBasePath) ?? "")
    rest.browsers.requestedBy = try sources.flag(.csrfProtection) ? .required : .optional
    rest.limits.uploadBytesMax = try sources.number(.uploadMax, in: 1...(1 << 40))
    rest.requests.files = FileURIRules(
      localFolders: sources.list(.localFolders), defaultFileSystem: launch.defaultFileSystem)
    rest.requests.blacklist = blacklist
    rest.requests.fileKeys = launch.fileKeys
    rest.requests.sparkHomes = Set(launch.sparkHomes.keys)
    rest.revision = ProductVersion.text
    return rest
  }

  private static let headerKeys: [SettingKey] = [
    .contentTypeHeader, .frameHeader, .scriptingHeader, .contentSecurityHeader,
    .transportSecurityHeader,
  ]

  private static func securityHeaders(
    _ sources: SettingSources
  ) throws(LivyError) -> [SecurityHeader] {
    guard try sources.flag(.securityHeaders) else { return [] }
    var headers = SecurityHeader.defaults
    for key in headerKeys {
      guard let found = sources.find(key) else { continue }
      let name = String(key.rawValue.split(separator: ".").last ?? "")
      guard let header = SecurityHeader(checking: found.text, of: name) else {
        throw LivyError(
          .configuration,
          "\(key.rawValue) (from \(found.place)) cannot be sent as a header; write visible ASCII")
      }
      headers.removeAll { $0.name == name }
      headers.append(header)
    }
    return headers
  }

  private static func sessions(_ sources: SettingSources) throws(LivyError) -> SessionSettings {
    var sessions = SessionSettings()
    sessions.startingMax = try sources.number(.startingMax, in: 1...10_000)
    sessions.stateRetain = try sources.duration(.stateRetain)
    sessions.sweepInterval = try sources.duration(.sweepInterval, in: intervals)
    sessions.expiry = try expiry(sources)
    sessions.logLines = try sources.number(.logLines, in: 0...100_000)
    sessions.retainedStatements = try sources.number(.retainedStatements, in: 1...100_000)
    sessions.unreadRetain = try sources.duration(.unreadRetain)
    // As many as a driver takes.
    sessions.waitingStatementsMax = try sources.number(.statementQueue, in: 1...10_000)
    sessions.submittingTimeMax = try sources.duration(.connectTimeout)
    sessions.acceptedTimeMax = try sources.duration(.channelTimeout)
    sessions.connectedTimeMax = try sources.duration(.pingTimeout)
    sessions.driver.channel = try sources.parse(.channel, "dial-in or connect-back") {
      ChannelDirection(rawValue: $0)
    }
    sessions.driver.listenPorts = try sources.ports(.launcherPorts)
    sessions.driver.listenHost = sources.text(.driverAddress) ?? "127.0.0.1"
    sessions.driver.serverLost = try sources.duration(.serverLost)
    sessions.driverReturnTimeMax = try sources.duration(.driverReturn)
    sessions.recovery = try sources.parse(.recoveryMode, "recovery or off") {
      RecoveryMode(rawValue: $0)
    }
    sessions.driver.sqlRowsMax = UInt32(try sources.number(.sqlRows, in: 1...10_000_000))
    sessions.driver.outputBytesMax = UInt32(
      clamping: try sources.number(.outputMax, in: 1...Int(sessions.outputBytesLimit)))
    sessions.driver.richOutput = try sources.flag(.richOutput)
    sessions.driver.cancelInterval = max(
      sessions.cancelIntervalMin, try sources.duration(.cancelInterval))
    sessions.driver.cancelTimeMax = min(
      sessions.cancelTimeLimit, try sources.duration(.cancelTimeout))
    sessions.pool = try PoolSettings(sources)
    return sessions
  }

  /// Of looks that come again and again.
  private static let intervals = Duration.milliseconds(10)...Duration.seconds(86_400)

  private static func expiry(_ sources: SettingSources) throws(LivyError) -> ExpirySettings {
    var expiry = ExpirySettings()
    let idleMax = try sources.duration(.idleTimeout)
    let ageMax = try sources.duration(.ageMax)
    expiry.idleMax = try sources.flag(.idleCheck) ? idleMax : nil
    expiry.ageMax = try sources.flag(.ageCheck) ? ageMax : nil
    expiry.busySessions = try sources.flag(.idleSkipBusy) ? .spare : .end
    expiry.heartbeatInterval = try sources.duration(.heartbeatInterval, in: intervals)
    return expiry
  }

  private static func launch(
    _ sources: SettingSources, _ surroundings: Surroundings
  ) throws(LivyError) -> LaunchSettings {
    guard let sparkHome = sources.text(.sparkHome) ?? surroundings.sparkHome else {
      throw LivyError(
        .configuration,
        "no Spark was found: set SPARK_HOME or livy.server.spark-home, or run make setup; livy doctor says more"
      )
    }
    var launch = LaunchSettings(
      sparkHome: sparkHome, driverExecutable: sources.text(.driver) ?? surroundings.driver,
      stateFolder: surroundings.stateFolder, environment: surroundings.sparkEnvironment)
    launch.sparkHomes = try SparkHomeSettings.read(sources)
    launch.master = sources.text(.sparkMaster) ?? "local[*]"
    launch.hive = try sources.flag(.hive) ? .on : .off
    launch.fileKeys += sources.list(.fileListKeys)
    launch.defaultFileSystem = try surroundings.defaultFileSystem()
    return launch
  }

  private static func rpc(_ sources: SettingSources) throws(LivyError) -> RPCSettings {
    let ports =
      sources.text(.rpcPort) == nil
      ? try sources.ports(.launcherPorts)
      : try sources.port(.rpcPort)...sources.port(.rpcPort)
    var networks: [Network] = []
    for text in sources.list(.connectBackNetworks) {
      guard let network = Network(text) else {
        throw LivyError(
          .configuration,
          "livy.rpc.connect-back.networks holds \"\(text)\"; write networks such as 10.0.0.0/8, with commas"
        )
      }
      networks.append(network)
    }
    return RPCSettings(
      address: sources.text(.launcherAddress), ports: ports, connectBackNetworks: networks)
  }
}
