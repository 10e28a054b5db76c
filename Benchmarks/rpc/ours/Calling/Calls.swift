// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Wire

/// Echo and bulk: warms up, then measures.
struct Calls {
  private static let pingInterval: Duration = .milliseconds(1)
  private static let pingBytes = 100

  let options: RunOptions

  func run() async throws {
    let loop = try EventLoop.start(name: "client")
    let context = try Ends(options).client()
    var clients: [EchoClient] = []
    for _ in 0..<max(1, options.count("connections", 1)) {
      clients.append(EchoClient(try await context.dial(options, on: loop)))
    }
    let measurement = Measurement(
      server: options.serverProcess, callsMax: options.count("calls", 0))
    let load = Load(
      measurement: measurement, clients: clients, outstanding: options.count("outstanding", 1),
      payload: Payload(count: options.count("bytes", 100)), loop: loop)
    let tier = try Tiers.named(options.text("tier") ?? "await")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await tier.call(load) }
      if options.count("ping", 0) > 0 { group.addTask { try await Self.ping(load) } }
      group.addTask { try await keepTime(of: load) }
      try await group.waitForAll()
    }
    measurement.report()
    await loop.stop()
  }

  private func keepTime(of load: Load) async throws {
    try await Task.sleep(for: .seconds(options.number("warmup", 0.5)))
    try load.measurement.begin()
    if options.count("calls", 0) > 0 { return }
    try await Task.sleep(for: .seconds(options.number("seconds", 2)))
    load.measurement.end()
  }

  /// Small calls on a connection that carries large ones.
  private static func ping(_ load: Load) async throws {
    let payload = Payload(count: pingBytes)
    var request = EchoRequest()
    request.payload = payload.bytes
    while !load.measurement.isOver {
      let number = load.measurement.takeNumbers(1)
      Payload.stamp(&request.payload, number)
      let began = nanoseconds()
      let response = try await load.clients[0].echo(request, timeout: Load.timeout)
      load.measurement.add(ping: nanoseconds() - began)
      try payload.check(response.payload, number: number)
      try await Task.sleep(for: pingInterval)
    }
  }
}
