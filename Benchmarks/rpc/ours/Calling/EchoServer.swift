// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Wire

/// Answers each call with what it was asked.
enum EchoServer {
  private static func follow(
    _ request: FollowRequest, _ call: CallContext, _ items: ItemSink<Item>
  ) async throws {
    var item = Item()
    item.payload = Payload(count: Int(request.itemBytes)).bytes
    for number in 0..<request.items {
      Payload.stamp(&item.payload, number)
      try await items.send(item)
    }
  }

  /// Serves until the program's input ends.
  static func run(_ options: RunOptions) async throws {
    let loop = try EventLoop.start(name: "server")
    var table = MethodTable()
    table.on(EchoService.follow, follow)
    table.answerAtOnce(EchoService.echo) { request, _ in EchoResponse(payload: request.payload) }
    let served = table
    let listener = try await Listener.listen(
      on: loop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: Ends(options).server()
    ) { established in
      let connection = Connection(established, side: .accepted, serving: served)
      connection.assumeIsolated { $0.start() }
    } refused: { address, error in
      Report.complain("\(address) was refused: \(error)")
    }
    Report.line("listening \(listener.localAddress.port)")
    while readLine() != nil {}
    await listener.close()
    await loop.stop()
  }
}
