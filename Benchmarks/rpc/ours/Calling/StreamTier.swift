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
    var sent: UInt64 = 0
    var answered: UInt64 = 0
    /// When the sampled calls began, the oldest first.
    var begun: [UInt64] = []
    func send() throws {
      if sent % UInt64(perSample) == 0 { begun.append(nanoseconds()) }
      Payload.stamp(&request.payload, sent)
      try lanes[Int(sent % UInt64(lanes.count))].send(request)
      sent += 1
    }
    for _ in 0..<load.outstanding { try send() }
    var sampled = 0
    while !load.measurement.isOver {
      let lane = lanes[Int(answered % UInt64(lanes.count))]
      guard let answer = await lane.next() else { throw Failure("an answer did not come") }
      try load.payload.check(answer.get().payload, number: answered)
      if answered % UInt64(perSample) == 0 {
        load.measurement.add(calls: perSample, latency: nanoseconds() - begun[sampled])
        sampled += 1
        if sampled == 1_024 {
          begun.removeFirst(sampled)
          sampled = 0
        }
      }
      answered += 1
      try send()
    }
  }
}
