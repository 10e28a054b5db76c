// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Wire

/// A stream of small items, read one by one.
struct Following {
  let options: RunOptions

  func run() async throws {
    let loop = try EventLoop.start(name: "client")
    let client = EchoClient(try await Ends(options).client().dial(options, on: loop))
    try await follow(client, on: loop, items: options.count("warm_items", 100_000))
    var window = try Window(server: options.serverProcess)
    let items = options.count("items", 1_000_000)
    try await follow(client, on: loop, items: items)
    window.end()
    Report.result(window, calls: items, Histogram())
    await loop.stop()
  }

  private func follow(_ client: EchoClient, on loop: EventLoop, items: Int) async throws {
    let payload = Payload(count: options.count("bytes", 100))
    let reading = Task(executorPreference: loop.taskExecutor) {
      var request = FollowRequest()
      request.items = UInt64(items)
      request.itemBytes = UInt32(payload.bytes.count)
      var seen: UInt64 = 0
      for try await item in try await client.follow(request, timeout: .seconds(120)) {
        try payload.check(item.payload, number: seen)
        seen += 1
      }
      guard seen == UInt64(items) else { throw Failure("\(seen) of \(items) items came") }
    }
    try await reading.value
  }
}
