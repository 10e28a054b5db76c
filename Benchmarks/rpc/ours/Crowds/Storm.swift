// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Transport
internal import Wire

/// Many connections that come at once: each shakes hands, makes one call, and stays.
struct Storm {
  private enum Handshake {
    case full, resumed
  }

  static let callBytes = 100
  /// Between the storms, for the server to see the first crowd off.
  private static let pause = Duration.milliseconds(200)

  let options: RunOptions

  /// Full handshakes; then the same drivers come again with the sessions that they keep.
  func run() async throws {
    let loop = try EventLoop.start(name: "storm")
    let ends = Ends(options)
    // Drivers are processes of their own, so none has another's session.
    let drivers = try (0..<options.count("connections", 1_000)).map { _ in try ends.client() }
    let crowd = try await rage(drivers, .full, on: loop)
    for connection in crowd { await connection.close() }
    for connection in crowd { _ = await connection.closed() }
    try await Task.sleep(for: Self.pause)
    _ = try await rage(drivers, .resumed, on: loop)
    await loop.stop()
  }

  private func rage(
    _ drivers: [TLSContext], _ handshake: Handshake, on loop: EventLoop
  ) async throws -> [Connection] {
    let latencies = Mutex(Histogram())
    var window = try Window(server: options.serverProcess)
    let crowd = try await gather(drivers.count) { number in
      let began = nanoseconds()
      let connection = try await arrive(number, drivers[number], on: loop)
      latencies.withLock { $0.record(nanoseconds() - began) }
      return connection
    }
    window.end()
    let resumed = drivers.reduce(0) { $0 + $1.handshakes.resumed }
    guard resumed == (handshake == .full ? 0 : drivers.count) else {
      throw Failure("\(resumed) sessions of \(drivers.count) were resumed")
    }
    Report.result(
      window, calls: crowd.count, latencies.withLock { $0 },
      more: "\"resumed\": \(handshake == .resumed), \"more\": \(handshake == .full), ")
    return crowd
  }

  /// Stays until the program's input ends.
  func stay() async throws {
    let loop = try EventLoop.start(name: "idle")
    let context = try Ends(options).client(keeping: .noSession)
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
