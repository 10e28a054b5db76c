// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Transport
internal import Wire

/// Many connections that come at once: each shakes hands, makes one call, and stays.
struct Storm {
  static let callBytes = 100

  let options: RunOptions

  func run() async throws {
    let loop = try EventLoop.start(name: "storm")
    let context = try Ends(options).client()
    let latencies = Mutex(Histogram())
    let count = options.count("connections", 1_000)
    var window = try Window(server: options.serverProcess)
    let crowd = try await gather(count) { number in
      let began = nanoseconds()
      let connection = try await arrive(number, context, on: loop)
      latencies.withLock { $0.record(nanoseconds() - began) }
      return connection
    }
    window.end()
    Report.result(
      window, calls: crowd.count, latencies.withLock { $0 },
      more: "\"resumed\": false, \"more\": false, ")
    await loop.stop()
  }

  /// Stays until the program's input ends.
  func stay() async throws {
    let loop = try EventLoop.start(name: "idle")
    let context = try Ends(options).client()
    let crowd = try await gather(options.count("connections", 10_000)) { number in
      try await arrive(number, context, on: loop)
    }
    Report.line("open \(crowd.count)")
    while readLine() != nil {}
    for connection in crowd {
      guard await !connection.isEnding else { throw Failure("a connection ended while idle") }
    }
    await loop.stop()
  }

  private func arrive(
    _ number: Int, _ context: TLSContext, on loop: EventLoop
  ) async throws -> Connection {
    let connection = try await context.dial(options, on: loop)
    var payload = Payload(count: Self.callBytes)
    payload.stamp(UInt64(number))
    var request = EchoRequest()
    request.payload = payload.bytes
    let response = try await EchoClient(connection).echo(request, timeout: Load.timeout)
    try payload.check(response.payload, number: UInt64(number))
    return connection
  }

  /// At most `at_once` of the crowd are on their way in at any time.
  private func gather(
    _ count: Int, _ arrive: @escaping @Sendable (Int) async throws -> Connection
  ) async throws -> [Connection] {
    try await withThrowingTaskGroup(of: Connection.self) { group in
      var crowd: [Connection] = []
      var started = 0
      while crowd.count < count {
        while started < count, started - crowd.count < options.count("at_once", 128) {
          let number = started
          group.addTask { try await arrive(number) }
          started += 1
        }
        if let connection = try await group.next() { crowd.append(connection) }
      }
      return crowd
    }
  }
}
