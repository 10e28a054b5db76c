// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import LivyLaunch
internal import LivyLink
internal import LivyREST
internal import LivyServer
internal import LivyStore
internal import Logging
internal import ServiceLifecycle
internal import Transport
internal import UnixSignals

/// Wires a server of its parts, and runs it until it is told to stop. The one place that names them
/// all.
struct ServerAssembly {
  let settings: ServerSettings
  let logger: Logger
  let onListening: @Sendable (UInt16) async -> Void
  /// Loops for drivers' connections, where there are so many cores. One carries a million small
  /// calls a second, so more serve storms of handshakes only, of which a core does about 500.
  private static let rpcLoopsMax = 8

  func run() async throws {
    try prepareStateFolder()
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let loops = try await EventLoopGroup.start(
      name: "livy-rpc", count: min(cores, Self.rpcLoopsMax))
    do {
      try await serve(on: loops)
    } catch {
      await loops.stop()
      throw error
    }
    await loops.stop()
  }

  private func serve(on loops: EventLoopGroup) async throws {
    let store = try SQLiteStateStore(path: settings.stateFolder + "/livy.sqlite")
    let formerPort = FormerPort(in: settings.stateFolder)
    let rendezvous = try makeRendezvous(on: loops, formerPort: former(formerPort))
    let archives = makeArchives(on: loops.next())
    let launcher = LocalLauncher(settings.launch, archives: archives, on: loops.next())
    let slots = StartSlots(max: settings.sessions.startingMax)
    let directory = SessionDirectory(
      launcher: launcher, store: store, rendezvous: rendezvous, settings: settings.sessions,
      slots: slots, logger: logger)
    let batches = BatchDirectory(
      launcher: launcher, store: store, settings: settings.sessions, slots: slots, logger: logger)
    // A driver that comes before its session is taken up would be told that there is none.
    try await directory.recover()
    try await batches.recover(settings.sessions.recovery == .off ? .kill : .takeUp)
    let address = try await rendezvous.listen()
    try formerPort.write(address.port)
    logger.info("waiting for drivers", metadata: ["address": "\(address)"])
    let requestLog = settings.requestLog.map { RequestLog($0, logger: logger) }
    var restSettings = settings.rest
    if let requestLog { restSettings.requestLog = { requestLog.note($0) } }
    let rest = RESTServer(
      directory: directory, batches: batches, settings: restSettings, logger: logger,
      link: { await rendezvous.metrics() }, onListening: onListening)
    // Stopped in reverse: REST finishes what it has begun, then sessions and batches end.
    let group = ServiceGroup(
      services: [
        Sessions(directory: directory, settings: settings), Batches(directory: batches), rest,
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    do {
      try await group.run()
    } catch {
      // A failure of the server is no reason to end what the next run can take up.
      switch settings.sessions.recovery {
      case .on: await batches.letGo()
      case .off:
        await batches.shutDown()
        await directory.shutDown(within: settings.stopTimeout)
      }
      await archives?.stop()
      await rendezvous.close()
      await requestLog?.finish()
      throw error
    }
    await archives?.stop()
    await rendezvous.close()
    await requestLog?.finish()
  }

  private func makeArchives(on loop: EventLoop) -> DriverArchives? {
    let logger = logger
    return settings.archives.map { archives in
      DriverArchives(in: archives.folder, limits: archives.limits, on: loop) {
        logger.notice("\($0)")
      }
    }
  }

  /// The port of the last run, where the settings allow it.
  private func former(_ noted: FormerPort) -> UInt16? {
    guard let port = noted.read() else { return nil }
    if settings.rpc.ports.contains(port) { return port }
    logger.warning(
      """
      drivers of earlier sessions look for this server at port \(port), which the settings do not \
      allow any more: those that dial in will not find it
      """)
    return nil
  }

  /// Holds keys and users' conf: nobody else may look.
  private func prepareStateFolder() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: settings.stateFolder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw LivyError(
        .configuration,
        "the state folder \(settings.stateFolder) cannot be made; set LIVY_STATE_DIR to one that can",
        cause: error)
    }
  }

  private func makeRendezvous(
    on loops: EventLoopGroup, formerPort: UInt16?
  ) throws -> Rendezvous {
    let authority = try ServerAuthority.load(from: settings.stateFolder)
    var generator = SystemRandomNumberGenerator()
    let identity = try ServerIdentity(
      id: SessionUUID(using: &generator).text, authority: authority,
      lifetime: .seconds(365 * 86_400), now: ServerAuthority.now())
    let name = settings.rpc.address ?? "127.0.0.1"
    let logger = logger
    var place = RendezvousSettings(
      listenIP: try HostAddress.resolve(name), listenPorts: settings.rpc.ports,
      announcedHosts: [name], connectBackNetworks: settings.rpc.connectBackNetworks)
    place.formerPort = formerPort
    return Rendezvous(
      on: loops, identity: identity, settings: place, date: ServerAuthority.now,
      notice: { notice in
        logger.log(level: notice.isRefusal ? .warning : .info, "\(notice)")
      })
  }
}

/// The sessions as a service: ends them, and all that they started, when the server is stopped.
private struct Sessions: Service {
  let directory: SessionDirectory
  let settings: ServerSettings

  func run() async throws {
    do {
      try await gracefulShutdown()
    } catch {
      return  // The server failed; who runs it decides.
    }
    await directory.shutDown(within: settings.stopTimeout)
  }
}

/// The batches as a service: ends them when the server is stopped, not when it fails.
private struct Batches: Service {
  let directory: BatchDirectory

  func run() async throws {
    do {
      try await gracefulShutdown()
    } catch {
      return  // The server failed.
    }
    await directory.shutDown()
  }
}
