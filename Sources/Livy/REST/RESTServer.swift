// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Hummingbird
internal import HummingbirdCore
internal import LivyAPI
package import LivyCore
package import LivyServer
package import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import ServiceLifecycle

/// Livy's REST API over HTTP. A service: runs until it is told to stop, then answers what it has
/// begun.
package struct RESTServer: Service {
  private let directory: SessionDirectory
  private let batches: BatchDirectory
  private let settings: RESTSettings
  private let logger: Logger
  private let link: @Sendable () async -> LinkMetrics?
  private let onListening: @Sendable (UInt16) async -> Void

  /// `link` tells what happened between the server and its drivers, for the metrics. `onListening`
  /// is told the real port, once requests are accepted.
  package init(
    directory: SessionDirectory, batches: BatchDirectory, settings: RESTSettings, logger: Logger,
    link: @escaping @Sendable () async -> LinkMetrics? = { nil },
    onListening: @escaping @Sendable (UInt16) async -> Void = { _ in }
  ) {
    self.directory = directory
    self.batches = batches
    self.settings = settings
    self.logger = logger
    self.link = link
    self.onListening = onListening
  }

  /// Returns after a graceful shutdown. Throws `LivyError` (`.configuration`) when the address
  /// cannot be listened on.
  package func run() async throws {
    do {
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask {
          // A server that stops answers all who wait for something to happen.
          guard (try? await gracefulShutdown()) != nil else { return }
          await directory.endWaits()
        }
        try await application().run()
        group.cancelAll()
      }
    } catch let error as IOError {
      throw Self.explanation(of: error, settings: settings)
    } catch let error as SocketAddressError {
      throw LivyError(
        .configuration,
        "\(settings.host) is no address of this machine; set livy.server.host to one that is",
        cause: error)
    }
  }

  /// The application itself, for tests that send requests straight to its router.
  package func application() -> some ApplicationProtocol {
    let listening = onListening
    return Application(
      responder: MethodOverride(routes: table().router.buildResponder()),
      server: HTTPServerBuilder { responder in
        LoopedHTTP(channel: HTTP1Channel(responder: responder, configuration: channel()))
      },
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: Int(settings.port)),
        backlog: settings.limits.backlog),
      onServerRunning: { channel in
        await listening(UInt16(clamping: channel.localAddress?.port ?? 0))
      },
      logger: logger)
  }

  /// What is answered at all, and what that needs of its caller.
  package var routes: [DeclaredRoute] { table().routes }

  private func table() -> RouteTable<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    let figures = RequestFigures()
    router.add(middleware: RequestMeter(figures: figures))
    router.add(middleware: AnswerCompression(limits: settings.limits))
    router.add(middleware: AnswerHeaders(settings.securityHeaders))
    router.add(middleware: Refusals())
    router.add(middleware: Doorway(rules: settings.browsers, listenHost: settings.host))
    let table = RouteTable(router: router, directory: directory, batches: batches)
    SessionRoutes(directory: directory, rules: settings.requests, limits: settings.limits)
      .add(to: table)
    StatementRoutes(directory: directory, limits: settings.limits).add(to: table)
    EventRoutes(directory: directory, limits: settings.limits).add(to: table)
    HistoryRoutes(directory: directory).add(to: table)
    JobRoutes(directory: directory, limits: settings.limits).add(to: table)
    AdditionRoutes(
      directory: directory, files: settings.requests.files, limits: settings.limits
    ).add(to: table)
    BatchRoutes(directory: batches, rules: settings.requests, limits: settings.limits)
      .add(to: table)
    let version = ServerVersion(revision: settings.revision)
    table.at("version", [.get: .open { _, _ in Response(json: version) }])
    let pages = UIPages(basePath: settings.ui.basePath)
    MetricsRoutes(
      directory: directory, batches: batches, figures: figures, link: link, pages: pages
    ).add(to: table)
    UIRoutes(settings: settings.ui, pages: pages).add(to: table)
    return table
  }

  private func channel() -> HTTP1Channel.Configuration {
    let limits = settings.limits
    let requestLog = settings.requestLog
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [RequestRecorder(requestLog), ContinueHandler()],
      idleTimeout: TimeAmount(limits.idleTime),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytesMax, maxHeaderListSize: limits.headerBytesMax,
        maxHeaderFieldCount: limits.headersMax))
  }

  private static func explanation(of error: IOError, settings: RESTSettings) -> LivyError {
    let place = "\(settings.host):\(settings.port)"
    let message =
      switch ListenTrouble(error.errnoCode) {
      case .addressInUse:
        "Cannot listen on \(place): something else listens there. "
          + "Stop it, or choose another port (--port, or livy.server.port)"
      case .permissionDenied:
        "Cannot listen on \(place): ports below 1024 need privileges. "
          + "Choose another port (--port, or livy.server.port)"
      case .addressNotAvailable:
        "Cannot listen on \(place): it is no address of this machine. "
          + "Choose another (--host, or livy.server.host)"
      case .other:
        "Cannot listen on \(place)"
      }
    return LivyError(.configuration, message, cause: error)
  }
}

/// Why a port cannot be had.
private enum ListenTrouble {
  case addressInUse, permissionDenied, addressNotAvailable, other

  init(_ code: CInt) {
    switch code {
    case EADDRINUSE: self = .addressInUse
    case EACCES: self = .permissionDenied
    case EADDRNOTAVAIL: self = .addressNotAvailable
    default: self = .other
    }
  }
}
