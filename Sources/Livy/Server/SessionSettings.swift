// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Every limit and interval of sessions, in one place.
package struct SessionSettings: Sendable {
  // MARK: The start, one deadline a phase; when it passes the session ends in `error`.

  /// From the request to the enrolled driver: spark-submit, the cluster's queue, the driver's JVM.
  package var submittingTimeMax: Duration = .seconds(90)
  /// From the enrolled driver to the standing channel.
  package var acceptedTimeMax: Duration = .seconds(60)
  /// From the channel to the answered ping: SparkSession and first interpreter.
  package var connectedTimeMax: Duration = .seconds(120)
  /// Sessions in their start at the same time; above it a new one is refused
  /// (`livy.server.session.max-creation`).
  package var startingMax = 100
  /// Sessions in the directory, finished ones too; above it a new one is refused.
  package var sessionsMax = 10_000

  // MARK: Absence.

  /// A driver whose channel was cut may come back for so long.
  package var driverReturnTimeMax: Duration = .seconds(60)
  /// What becomes of the sessions of an earlier run of the server.
  package var recovery: RecoveryMode = .on
  /// A driver's events wait so long for others before they are written to the store and acknowledged.
  /// They are shown at once.
  package var eventGatherTime: Duration = .milliseconds(5)
  /// Pause before statements that the store did not take are written again.
  package var storeRetryInterval: Duration = .seconds(1)

  // MARK: The end.

  /// After the process is gone, results that are on their way may come for so long.
  package var farewellTime: Duration = .seconds(2)
  /// Time for a driver to end in good order, before it is killed.
  package var orderlyEndTimeMax: Duration = .seconds(10)
  /// A step of the start that an end has cancelled may take so long to return; then it is left
  /// behind, and undone should it still bring a process.
  package var hangingStepTimeMax: Duration = .seconds(10)
  /// Finished sessions stay listed for so long (`livy.server.session.state-retain.sec`).
  package var stateRetain: Duration = .seconds(600)
  /// Between two looks for sessions that can be removed.
  package var sweepInterval: Duration = .seconds(60)

  /// When sessions that nobody ends are ended.
  package var expiry = ExpirySettings()
  /// Which drivers are kept ready.
  package var pool = PoolSettings()

  // MARK: Statements.

  /// Newest finished statements that are kept; older ones vanish (`livy.rsc.retained-statements`).
  package var retainedStatements = 100
  /// What a session may ask for at most in its own conf.
  package var retainedStatementsMax = 10_000
  /// A finished statement that nobody has seen is kept for so long, also when newer ones push
  /// (`livy.server.statement.unread-retain`).
  package var unreadRetain: Duration = .seconds(600)
  /// Statements that wait or run; above it a new one is refused (`livy.server.statement.queue-max`).
  package var waitingStatementsMax = 10_000

  /// Jobs of a cancelled statement are not ended more often than this, whatever is asked for.
  package var cancelIntervalMin: Duration = .milliseconds(10)
  /// A cancelled statement is not waited for any longer than this, whatever is asked for.
  package var cancelTimeLimit: Duration = .seconds(3_600)

  /// What a session may ask for at most in its own conf, in bytes of one statement's output: a
  /// driver holds it in memory, and so does the server.
  package var outputBytesLimit: UInt32 = 48 << 20

  // MARK: Jobs.

  /// Jobs that run beside a driver's queue, or are on their way there; above it a new one is refused.
  package var runningJobsMax = 100
  /// Where uploaded files are kept.
  package var uploads = UploadShelf()

  // MARK: Logs.

  /// Newest lines kept of each stream (`livy.cache-log.size`).
  package var logLines = 200
  /// Log lines that a snapshot shows.
  package var snapshotLogLines = 10
  /// Last log lines that go into the reason of a failure.
  package var reasonLogLines = 10
  /// Characters of each of those lines; the rest is cut.
  package var reasonLineLengthMax = 400

  /// What every driver is told.
  package var driver = DriverSettings()

  package init() {}

  var journal: JournalLimits {
    var limits = JournalLimits(
      retainedMax: retainedStatements, unfinishedMax: waitingStatementsMax)
    limits.unreadRetain = unreadRetain
    return limits
  }
}

/// `livy.server.recovery.mode`
package enum RecoveryMode: String, CaseIterable, Sendable {
  /// Sessions whose drivers live go on.
  case on = "recovery"
  /// All are ended.
  case off
}

extension SessionSettings {
  /// With what a session's own conf says. Its `livy.rsc.*` keys win over the server's, inside the
  /// server's limits; a value that makes no sense is passed over, as an unknown key is.
  package func overridden(by conf: [String: String]) -> SessionSettings {
    var settings = self
    if let count = conf["livy.rsc.retained-statements"].flatMap({ Int($0) }), count > 0 {
      settings.retainedStatements = min(count, retainedStatementsMax)
    }
    if let rows = conf["livy.rsc.sql.num-rows"].flatMap({ UInt32($0) }), rows > 0 {
      settings.driver.sqlRowsMax = rows
    }
    if let interval = Self.time("livy.rsc.job-cancel.trigger-interval", in: conf) {
      settings.driver.cancelInterval = max(interval, cancelIntervalMin)
    }
    if let time = Self.time("livy.rsc.job-cancel.timeout", in: conf) {
      settings.driver.cancelTimeMax = min(time, cancelTimeLimit)
    }
    if let bytes = conf["livy.rsc.output.max-bytes"].flatMap({ UInt32($0) }), bytes > 0 {
      settings.driver.outputBytesMax = min(bytes, outputBytesLimit)
    }
    if let rich = conf["livy.repl.rich-output"].flatMap({ Bool($0) }) {
      settings.driver.richOutput = rich
    }
    return settings
  }

  private static func time(_ key: String, in conf: [String: String]) -> Duration? {
    conf[key].flatMap { try? TimeString.parse($0) }
  }
}
