// SPDX-License-Identifier: Apache-2.0

internal import GRPCCore

/// Echo, bulk and stream.
struct Calls {
  let options: RunOptions

  func run() async throws {
    let measurement = Measurement(
      server: options.serverProcess, callsMax: options.count("calls", 0))
    let payload = Payload(count: options.count("bytes", 100))
    try await withThrowingTaskGroup(of: Void.self) { group in
      var clients: [EchoClient] = []
      for _ in 0..<max(1, options.count("connections", 1)) {
        let client = try EchoClient(options)
        group.addTask { try await client.run() }
        let answer = try await client.echo(payload.bytes)
        guard answer == payload.bytes else { throw Failure("no echo came") }
        clients.append(client)
      }
      let lanes = clients
      for caller in 0..<options.count("outstanding", 1) {
        group.addTask { try await call(lanes, from: caller, payload, measurement) }
      }
      if options.count("ping", 0) > 0 { group.addTask { try await ping(lanes[0], measurement) } }
      try await Task.sleep(for: .seconds(options.number("warmup", 0.5)))
      try measurement.begin()
      if options.count("calls", 0) > 0 {
        while !measurement.isOver { try await Task.sleep(for: .milliseconds(5)) }
      } else {
        try await Task.sleep(for: .seconds(options.number("seconds", 2)))
        measurement.end()
      }
      measurement.report()
      group.cancelAll()
    }
  }

  private func call(
    _ lanes: [EchoClient], from first: Int, _ payload: Payload, _ measurement: Measurement
  ) async throws {
    var lane = first % lanes.count
    var bytes = payload.bytes
    while !measurement.isOver {
      let number = measurement.takeNumbers(1)
      Payload.stamp(&bytes, number)
      let began = nanoseconds()
      let answer = try await lanes[lane].echo(bytes)
      measurement.add(calls: 1, latency: nanoseconds() - began)
      try payload.check(answer, number: number)
      lane = lane + 1 == lanes.count ? 0 : lane + 1
    }
  }

  private func ping(_ client: EchoClient, _ measurement: Measurement) async throws {
    let payload = Payload(count: 100)
    var bytes = payload.bytes
    while !measurement.isOver {
      let number = measurement.takeNumbers(1)
      Payload.stamp(&bytes, number)
      let began = nanoseconds()
      let answer = try await client.echo(bytes)
      measurement.add(ping: nanoseconds() - began)
      try payload.check(answer, number: number)
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  func follow() async throws {
    let payload = Payload(count: options.count("bytes", 100))
    let items = options.count("items", 1_000_000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let client = try EchoClient(options)
      group.addTask { try await client.run() }
      func read(_ items: Int) async throws {
        let wanted = ItemsWanted(items: items, itemBytes: payload.bytes.count)
        try await client.follow(wanted) { try payload.check($1, number: $0) }
      }
      try await read(options.count("warm_items", 20_000))
      var window = try Window(server: options.serverProcess)
      try await read(items)
      window.end()
      Report.result(window, calls: items, Histogram())
      group.cancelAll()
    }
  }
}
