// SPDX-License-Identifier: Apache-2.0

internal import GRPCCore
internal import Synchronization

/// Many connections: those that come all at once, those that stay, and the one that was there.
struct Crowd {
  let options: RunOptions
  private let payload = Payload(count: 100)

  init(options: RunOptions) {
    self.options = options
  }

  func storm() async throws {
    let latencies = Mutex(Histogram())
    let count = options.count("connections", 1_000)
    var window = try Window(server: options.serverProcess)
    try await gather(count) { latency in
      latencies.withLock { $0.record(latency) }
    } then: {
      window.end()
      Report.result(
        window, calls: count, latencies.withLock { $0 },
        more: "\"resumed\": false, \"more\": false, ")
    }
  }

  func stay() async throws {
    let count = options.count("connections", 1_000)
    try await gather(count) { _ in
    } then: {
      Report.line("open \(count)")
      while readLine() != nil {}
    }
  }

  /// At most `at_once` of the crowd are on their way in at any time; all stay until the end.
  private func gather(
    _ count: Int, _ arrived: (UInt64) -> Void, then body: () throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: UInt64?.self) { group in
      var started = 0
      var answered = 0
      while answered < count {
        while started < count, started - answered < options.count("at_once", 128) {
          let number = UInt64(started)
          let began = nanoseconds()
          let client = try EchoClient(options)
          group.addTask {
            try? await client.run()
            return nil
          }
          group.addTask {
            try await callOnce(client, number)
            return nanoseconds() - began
          }
          started += 1
        }
        guard let latency = try await group.next() else { continue }
        guard let latency else { throw Failure("a connection ended") }
        arrived(latency)
        answered += 1
      }
      try body()
      group.cancelAll()
    }
  }

  private func callOnce(_ client: EchoClient, _ number: UInt64) async throws {
    var bytes = payload.bytes
    Payload.stamp(&bytes, number)
    try payload.check(try await client.echo(bytes), number: number)
  }

  /// Each line of input asks for what was measured since the last.
  func ping() async throws {
    let client = try EchoClient(options)
    let latencies = Mutex(Histogram())
    async let connection: Void = client.run()
    try await callOnce(client, 0)
    async let calling: Void = keepCalling(client, latencies)
    Report.line("open 1")
    while readLine() != nil {
      let measured = latencies.withLock { latencies in
        defer { latencies = Histogram() }
        return latencies
      }
      Report.line("{\"calls\": \(measured.count), \(Report.percentiles(measured))}")
    }
    _ = try await (connection, calling)
  }

  private func keepCalling(
    _ client: EchoClient, _ latencies: borrowing Mutex<Histogram>
  ) async throws {
    var number: UInt64 = 0
    while true {
      number += 1
      let began = nanoseconds()
      try await callOnce(client, number)
      latencies.withLock { $0.record(nanoseconds() - began) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
