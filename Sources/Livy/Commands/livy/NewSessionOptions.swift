// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// Options of commands that may make a session.
struct NewSessionOptions: ParsableArguments {
  @Option(name: .customLong("conf"), help: "Spark conf, as NAME=VALUE. May be repeated.")
  var conf: [String] = []

  @Option(help: "A name for the new session.")
  var name: String?

  @Option(help: "Memory of the Spark driver, for example 2g.")
  var driverMemory: String?

  @Option(help: "Seconds to wait until the session has started.")
  var startTimeout = 600

  func validate() throws {
    guard startTimeout > 0 else { throw ValidationError("--start-timeout: write seconds above 0") }
    _ = try SparkConf.values(conf)
  }

  /// Something was said that only a new session can have.
  var isGiven: Bool { !conf.isEmpty || name != nil || driverMemory != nil }

  var startTimeMax: Duration { .seconds(startTimeout) }

  func request(kind: String) throws -> CreateSession {
    var request = CreateSession(kind: kind)
    request.conf = try SparkConf.values(conf)
    request.name = name
    request.driverMemory = driverMemory
    return request
  }
}
