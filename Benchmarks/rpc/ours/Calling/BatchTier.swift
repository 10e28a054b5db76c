// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Wire

/// Calls in batches of 16, one `await` for each batch; as many batches at once as make up the calls
/// that are to be under way.
enum BatchTier: Tier {
  private static let batchMax = 16

  static func call(_ load: Load) async throws {
    let batch = min(batchMax, load.outstanding)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<max(1, load.outstanding / batch) {
        group.addTask(executorPreference: load.loop.taskExecutor) {
          try await callInTurn(load, batch: batch, first: caller)
        }
      }
      try await group.waitForAll()
    }
  }

  private static func callInTurn(_ load: Load, batch: Int, first: Int) async throws {
    var requests = Array(repeating: EchoRequest(payload: load.payload.bytes), count: batch)
    var lane = first % load.clients.count
    while !load.measurement.isOver {
      let numbers = load.measurement.takeNumbers(batch)
      for index in 0..<batch { Payload.stamp(&requests[index].payload, numbers + UInt64(index)) }
      let began = nanoseconds()
      let answers = try await load.clients[lane].connection.call(
        EchoService.echo, all: requests, timeout: Load.timeout)
      let took = nanoseconds() - began
      for (index, answer) in answers.enumerated() {
        try load.payload.check(answer.get().payload, number: numbers + UInt64(index))
      }
      lane = lane + 1 == load.clients.count ? 0 : lane + 1
      load.measurement.add(calls: batch, latency: took)
    }
  }
}
