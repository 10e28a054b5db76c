// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// One `await` for each call, in as many tasks as calls are to be under way.
enum AwaitTier: Tier {
  static func call(_ load: Load) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<load.outstanding {
        group.addTask(executorPreference: load.loop.taskExecutor) {
          try await callInTurn(load, first: caller)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Each call goes over the connection after the last one's.
  private static func callInTurn(_ load: Load, first: Int) async throws {
    var request = EchoRequest()
    request.payload = load.payload.bytes
    var lane = first % load.clients.count
    let perSample = load.callsPerSample
    while !load.measurement.isOver {
      let numbers = load.measurement.takeNumbers(perSample)
      var began: UInt64 = 0
      for number in numbers..<numbers + UInt64(perSample) {
        if number == numbers { began = nanoseconds() }
        Payload.stamp(&request.payload, number)
        let response = try await load.clients[lane].echo(request, timeout: Load.timeout)
        if number == numbers { began = nanoseconds() - began }
        try load.payload.check(response.payload, number: number)
        lane = lane + 1 == load.clients.count ? 0 : lane + 1
      }
      load.measurement.add(calls: perSample, latency: began)
    }
  }
}
