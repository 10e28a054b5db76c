// SPDX-License-Identifier: Apache-2.0

/// The settings of a server, in Livy's names where Livy has one.
enum SettingKey: String, CaseIterable, Sendable {
  case host = "livy.server.host"
  case port = "livy.server.port"
  case trustNetwork = "livy.server.trust-network"
  case allowedHosts = "livy.server.allowed-hosts"
  case csrfProtection = "livy.server.csrf-protection.enabled"
  case securityHeaders = "livy.server.security-headers.enabled"
  case contentTypeHeader = "livy.server.http.header.X-Content-Type-Options"
  case frameHeader = "livy.server.http.header.X-Frame-Options"
  case scriptingHeader = "livy.server.http.header.X-XSS-Protection"
  case contentSecurityHeader = "livy.server.http.header.Content-Security-Policy"
  case transportSecurityHeader = "livy.server.http.header.Strict-Transport-Security"
  case uiEnabled = "livy.ui.enabled"
  case uiBasePath = "livy.ui.basePath"
  case sparkHome = "livy.server.spark-home"
  case sparkMaster = "livy.spark.master"
  case hive = "livy.repl.enable-hive-context"
  case driver = "livy.server.driver"
  case archives = "livy.server.cds.enabled"
  case archiveFolder = "livy.server.cds.folder"
  case archiveDelay = "livy.server.cds.delay"
  case poolSize = "livy.server.pool.size"
  case poolDrivers = "livy.server.pool.max-drivers"
  case poolProfiles = "livy.server.pool.profiles-per-owner"
  case poolUnused = "livy.server.pool.idle-timeout"
  case poolAge = "livy.server.pool.max-age"
  case localFolders = "livy.file.local-dir-whitelist"
  case uploadMax = "livy.file.upload.max.size"
  case startingMax = "livy.server.session.max-creation"
  case stateRetain = "livy.server.session.state-retain.sec"
  case idleCheck = "livy.server.session.timeout-check"
  case idleTimeout = "livy.server.session.timeout"
  case idleSkipBusy = "livy.server.session.timeout-check.skip-busy"
  case ageCheck = "livy.server.session.ttl-check"
  case ageMax = "livy.server.session.ttl"
  case heartbeatInterval = "livy.server.heartbeat-watchdog.interval"
  case sweepInterval = "livy.server.session.sweep-interval"
  case stopTimeout = "livy.server.stop-timeout"
  case logLines = "livy.cache-log.size"
  case retainedStatements = "livy.rsc.retained-statements"
  case unreadRetain = "livy.server.statement.unread-retain"
  case statementQueue = "livy.server.statement.queue-max"
  case sqlRows = "livy.rsc.sql.num-rows"
  case outputMax = "livy.rsc.output.max-bytes"
  case richOutput = "livy.repl.rich-output"
  case cancelInterval = "livy.rsc.job-cancel.trigger-interval"
  case cancelTimeout = "livy.rsc.job-cancel.timeout"
  case channel = "livy.rsc.channel"
  case launcherAddress = "livy.rsc.launcher.address"
  case launcherPorts = "livy.rsc.launcher.port.range"
  case driverAddress = "livy.rsc.rpc.server.address"
  case connectTimeout = "livy.rsc.server.connect.timeout"
  case channelTimeout = "livy.rsc.channel.timeout"
  case pingTimeout = "livy.rsc.ping.timeout"
  case serverLost = "livy.rsc.server.idle-timeout"
  case driverReturn = "livy.rsc.driver.return-timeout"
  case recoveryMode = "livy.server.recovery.mode"
  case rpcPort = "livy.rpc.port"
  case connectBackNetworks = "livy.rpc.connect-back.networks"
  case fileListKeys = "livy.spark.file-list-configs"
  case requestLog = "livy.server.request-log.enabled"
  case requestLogDays = "livy.server.request-log-retain.days"

  /// Nil where it is worked out from the surroundings.
  var standard: String? {
    switch self {
    case .host: "127.0.0.1"
    case .port: "8998"
    case .hive, .trustNetwork, .csrfProtection, .ageCheck, .richOutput: "false"
    case .securityHeaders, .idleCheck, .idleSkipBusy, .requestLog, .uiEnabled, .archives: "true"
    case .archiveDelay: "20s"
    case .poolSize: "0"
    case .poolDrivers: "8"
    case .poolProfiles: "2"
    case .poolUnused: "30m"
    case .poolAge: "4h"
    case .sparkMaster: "local[*]"
    case .localFolders, .fileListKeys, .uiBasePath: ""
    case .requestLogDays: "5"
    case .uploadMax: "104857600"
    case .startingMax: "100"
    case .stateRetain: "600s"
    case .idleTimeout: "1h"
    case .ageMax: "8h"
    case .heartbeatInterval, .sweepInterval: "1m"
    case .stopTimeout: "30s"
    case .logLines: "200"
    case .retainedStatements: "100"
    case .unreadRetain: "10m"
    case .statementQueue: "10000"
    case .sqlRows: "1000"
    case .outputMax: "33554432"
    case .cancelInterval: "100ms"
    case .cancelTimeout: "30s"
    case .channel: "dial-in"
    case .launcherPorts: "10000~10110"
    case .connectTimeout: "90s"
    case .channelTimeout: "60s"
    case .pingTimeout: "120s"
    case .serverLost: "600s"
    case .driverReturn: "60s"
    case .recoveryMode: "recovery"
    case .connectBackNetworks: "127.0.0.0/8, ::1"
    case .contentTypeHeader, .frameHeader, .scriptingHeader, .contentSecurityHeader,
      .transportSecurityHeader:
      nil
    case .sparkHome, .driver, .archiveFolder, .launcherAddress, .driverAddress, .rpcPort,
      .allowedHosts:
      nil
    }
  }

  /// For `livy server --help`.
  var help: String {
    switch self {
    case .host: "address that the REST API listens on"
    case .port: "its port"
    case .trustNetwork:
      "true allows an address that is not loopback: everybody who reaches it may run code"
    case .allowedHosts:
      "names that this server answers to, with commas, or *; unset is any, on loopback its own names"
    case .csrfProtection: "true demands the header X-Requested-By"
    case .securityHeaders: "false leaves out the headers that harden browsers"
    case .contentTypeHeader, .frameHeader, .scriptingHeader, .contentSecurityHeader,
      .transportSecurityHeader:
      "value of this header in all answers but the pages' own; empty leaves it out"
    case .uiEnabled: "false leaves out the pages for people"
    case .uiBasePath: "what a proxy has before all paths, for the links of the pages"
    case .sparkHome: "folder of Spark; else SPARK_HOME, else the Spark that make setup installed"
    case .sparkMaster: "master of new sessions: local[*], or spark://HOST:PORT"
    case .hive: "true gives sessions Hive's tables, unless their conf says otherwise"
    case .driver: "path of livy-driver; else the one beside this program"
    case .archives:
      "false makes and uses no archives of Spark's classes, with which drivers start sooner"
    case .archiveFolder:
      "where those archives lie; else livy/cds in XDG_CACHE_HOME, else in ~/.cache"
    case .archiveDelay: "time between the first start that could use an archive and its making"
    case .poolSize:
      "drivers that are kept ready for each profile that an owner has asked for; 0 keeps none"
    case .poolDrivers: "drivers that are kept ready, in all"
    case .poolProfiles: "profiles of one owner for which drivers are kept ready; the newest count"
    case .poolUnused: "a profile that its owner has not asked for so long is forgotten"
    case .poolAge: "a driver that waits for so long is replaced by a new one"
    case .localFolders: "folders below which requests may name local files, with commas"
    case .uploadMax: "bytes of an uploaded file"
    case .startingMax: "sessions that may be starting at one time"
    case .stateRetain: "how long finished sessions stay listed"
    case .idleCheck: "false keeps sessions that nobody uses, also with an idleTimeout of their own"
    case .idleTimeout: "a session that is unused for so long ends, unless it has an idleTimeout"
    case .idleSkipBusy:
      "false ends also sessions that run a statement for longer than that, as Livy does"
    case .ageCheck:
      "true ends sessions that are too old; without it no ttl counts, not even their own"
    case .ageMax: "how old a session may become, unless it has a ttl"
    case .heartbeatInterval: "time between two looks for clients that fell silent"
    case .sweepInterval: "time between two looks for unused, old and finished sessions"
    case .stopTimeout: "time for sessions to end when the server stops"
    case .logLines: "log lines kept of each stream"
    case .retainedStatements: "finished statements kept of each session"
    case .unreadRetain:
      "a result that nobody has fetched is kept for so long, whatever comes after it"
    case .statementQueue: "statements of a session that wait or run; one more is answered with 429"
    case .sqlRows: "rows of a SQL result"
    case .outputMax: "bytes that are kept of a statement's output"
    case .richOutput: "true gives Python results as HTML, images and the like, beside their text"
    case .cancelInterval: "time between two tries to end a cancelled statement's Spark jobs"
    case .cancelTimeout: "a cancelled statement that runs on for so long is shown as cancelled"
    case .channel:
      "dial-in: the driver's connection stays; connect-back: the server dials the driver"
    case .launcherAddress:
      "name or address of this server for drivers, and what it listens on for them"
    case .launcherPorts:
      "ports for drivers and, connect-back, of drivers; the first free one is taken"
    case .driverAddress: "connect-back: address that drivers listen on"
    case .connectTimeout: "time for a started driver to enrol"
    case .channelTimeout: "time from there to the channel"
    case .pingTimeout: "time from there to a working SparkSession"
    case .serverLost: "a driver without a server ends itself after so long"
    case .driverReturn: "time for a driver whose connection was cut to come back"
    case .recoveryMode:
      "recovery: sessions whose drivers live go on after a crash of the server; off: they are ended"
    case .rpcPort: "one port for drivers, in place of the range"
    case .connectBackNetworks: "connect-back: networks in which drivers may stand"
    case .fileListKeys: "further conf keys of requests that list files, with commas"
    case .requestLog:
      "a line for each request in a file a day, in LIVY_LOG_DIR, else logs in LIVY_HOME, else logs in the state folder"
    case .requestLogDays: "days for which those files are kept"
    }
  }

  /// `livy.server.port` is `LIVY_SERVER_PORT` in the environment.
  var variable: String {
    rawValue.uppercased().replacing(".", with: "_").replacing("-", with: "_")
  }
}
