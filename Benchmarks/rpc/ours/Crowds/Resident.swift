// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Transport
internal import Wire

/// A driver that was there before the storm, and goes on calling while it lasts.
struct Resident {
  private static let interval: Duration = .milliseconds(5)

  let options: RunOptions

  /// Each line of input asks for what was measured since the last.
  func run() async throws {
    let loop = try EventLoop.start(name: "resident")
    let client = EchoClient(try await Ends(options).client().dial(options, on: loop))
    let latencies = Mutex(Histogram())
    try await Self.callOnce(client, 0)
    Report.line("open 1")
    let isOver = Atomic(false)
    async let calling: Void = Self.keepCalling(client, until: isOver, latencies)
    while readLine() != nil {
      let measured = latencies.withLock { latencies in
        defer { latencies = Histogram() }
        return latencies
      }
      Report.line("{\"calls\": \(measured.count), \(Report.percentiles(measured))}")
    }
    isOver.store(true, ordering: .relaxed)
    try await calling
    await loop.stop()
  }

  private static func keepCalling(
    _ client: EchoClient, until isOver: borrowing Atomic<Bool>,
    _ latencies: borrowing Mutex<Histogram>
  ) async throws {
    var number: UInt64 = 0
    while !isOver.load(ordering: .relaxed) {
      number += 1
      let began = nanoseconds()
      try await callOnce(client, number)
      latencies.withLock { $0.record(nanoseconds() - began) }
      try await Task.sleep(for: interval)
    }
  }

  private static func callOnce(_ client: EchoClient, _ number: UInt64) async throws {
    var payload = Payload(count: Storm.callBytes)
    payload.stamp(number)
    var request = EchoRequest()
    request.payload = payload.bytes
    let response = try await client.echo(request, timeout: Load.timeout)
    try payload.check(response.payload, number: number)
  }
}
