// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Wire

/// A stream of calls over each connection: one task keeps them going, and waits only while no
/// answer is there.
enum StreamTier: Tier {
  static func call(_ load: Load) async throws {
    try await Task(executorPreference: load.loop.taskExecutor) { try await keepUp(load) }.value
  }

  /// Calls go over the connections in turn, so the oldest call's is the one whose turn it was.
  private static func keepUp(_ load: Load) async throws {
    let lanes = try load.clients.map {
      try $0.connection.calls(
        EchoService.echo, openMax: load.outstanding, timeout: Load.timeout)
    }
    var request = EchoRequest()
    request.payload = load.payload.bytes
    let perSample = load.callsPerSample
    /// When the sampled calls began: one in `perSample`, so there is always a place.
    var begun = [UInt64](repeating: 0, count: load.outstanding / perSample + 2)
    var sending = Turn(lanes: lanes.count, perSample: perSample, samples: begun.count)
    var taking = sending
    for _ in 0..<load.outstanding {
      if sending.isSampled { begun[sending.sample] = nanoseconds() }
      Payload.stamp(&request.payload, sending.number)
      try lanes[sending.lane].send(request)
      sending.advance()
    }
    while !load.measurement.isOver {
      guard let answer = await lanes[taking.lane].next() else {
        throw Failure("an answer did not come")
      }
      try load.payload.check(answer.get().payload, number: taking.number)
      if taking.isSampled {
        load.measurement.add(calls: perSample, latency: nanoseconds() - begun[taking.sample])
      }
      taking.advance()
      if sending.isSampled { begun[sending.sample] = nanoseconds() }
      Payload.stamp(&request.payload, sending.number)
      try lanes[sending.lane].send(request)
      sending.advance()
    }
  }

  /// The number of a call, and what follows from it, without a division.
  private struct Turn {
    private let lanes: Int
    private let perSample: Int
    private let samples: Int
    private(set) var number: UInt64 = 0
    private(set) var lane = 0
    private(set) var sample = 0
    private var sinceSample = 0

    init(lanes: Int, perSample: Int, samples: Int) {
      self.lanes = lanes
      self.perSample = perSample
      self.samples = samples
    }

    var isSampled: Bool { sinceSample == 0 }

    mutating func advance() {
      number += 1
      lane = lane + 1 == lanes ? 0 : lane + 1
      sinceSample += 1
      guard sinceSample == perSample else { return }
      sinceSample = 0
      sample = sample + 1 == samples ? 0 : sample + 1
    }
  }
}
