// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport
internal import Wire
internal import WireCodec
internal import WireMessages

/// Connect-back: the driver's own port, open to the server alone.
package actor ServerEntrance {
  private let driver: any SessionDriver
  private var listener: Listener?
  private var waiting: [ServerConnection] = []
  private var waiter: CheckedContinuation<ServerConnection?, Never>?
  private var isClosed = false

  package init(serving driver: any SessionDriver) {
    self.driver = driver
  }

  /// Opens the first free port of the range. The caller registers it with the server.
  package func open(
    host: String, ports: ClosedRange<UInt16>, as identity: TLSIdentity, trusting authority: String,
    on loop: EventLoop
  ) async throws(TransportError) -> UInt16 {
    let context = try TLSContext.server(
      identity: identity, trusting: authority,
      protocols: [.init(ChannelProtocol.channel, clientCertificate: .required)],
      verify: ServerDialer.verifyServer)
    let listener = try await Listener.listen(
      on: loop, at: SocketAddress(ip: host, port: ports.lowerBound), ports: ports, tls: context,
      accept: { [weak self] established in
        Task { await self?.accept(established) }
      },
      refused: { _, _ in })
    self.listener = listener
    return listener.localAddress.port
  }

  /// The server's next connection; nil when the task is cancelled or the entrance was closed.
  package func next() async -> ServerConnection? {
    await withTaskCancellationHandler {
      // Looked at here, where nothing comes between the look and the wait.
      await withCheckedContinuation { continuation in
        if !waiting.isEmpty {
          continuation.resume(returning: waiting.removeFirst())
        } else if isClosed || Task.isCancelled {
          continuation.resume(returning: nil)
        } else {
          waiter = continuation
        }
      }
    } onCancel: {
      Task { await self.wake(with: nil) }
    }
  }

  package func close() async {
    isClosed = true
    wake(with: nil)
    await listener?.close()
    for connection in waiting { await connection.close() }
    waiting = []
  }

  private func accept(_ established: EstablishedConnection) async {
    var table = MethodTable()
    table.serve(DriverService(driver: driver))
    let connection = Connection(established, side: .accepted, serving: table, limits: WireLimits())
    await connection.start()
    if isClosed { return await connection.close() }
    if waiter != nil {
      wake(with: ServerConnection(connection: connection))
    } else {
      waiting.append(ServerConnection(connection: connection))
    }
  }

  private func wake(with connection: ServerConnection?) {
    waiter?.resume(returning: connection)
    waiter = nil
  }
}
