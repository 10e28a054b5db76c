// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore
internal import LivyDriver
internal import LivyLink
internal import LivyPy4J
internal import Transport

/// `livy-driver`, started by Spark's PythonRunner beside the Spark driver's JVM:
///
///     livy-driver BOOTSTRAP.py LAUNCH-FILE
///     livy-driver BOOTSTRAP.py --rehearse
///
/// The first argument is what Spark takes for a Python program; it is never read. The second form
/// has no server, and ends by itself (`Rehearsal`). Exit status: 0 when the session ended in order,
/// 1 when it did not, 2 when the program was started wrongly.
@main
struct DriverCommand {
  static func main() async {
    exit(await run())
  }

  private static func run() async -> Int32 {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      report("usage: livy-driver BOOTSTRAP.py LAUNCH-FILE (Spark starts it; people do not)")
      return 2
    }
    do {
      try NativeLibraries.ignoreHostConfiguration()
      let isRehearsal = arguments[2] == DriverInvocation.rehearsal
      let ticket = try isRehearsal ? nil : LaunchTicket(decoding: takeFile(at: arguments[2]))
      let environment = try GatewayEnvironment()
      let loop = try EventLoop.start(name: "livy-driver")
      let isWell: Bool
      if let ticket {
        let end = await drive(ticket, environment, loop)
        report("ending: \(end)")
        isWell = end == .sessionEnded
      } else {
        isWell = await rehearse(environment, loop)
      }
      await loop.stop()
      return isWell ? 0 : 1
    } catch {
      report("\(error)")
      return 2
    }
  }

  private static func drive(
    _ ticket: LaunchTicket, _ environment: GatewayEnvironment, _ loop: EventLoop
  ) async -> DriverProcess.End {
    let gateway = Gateway(port: environment.port, secret: environment.secret, on: loop)
    let python = PythonOptions(environment: environment.variables)
    let files = PythonFiles()
    let headStart =
      ticket.kind == .one(.pyspark)
      ? await PythonHeadStart.begin(
        statements(python, ticket.settings), files: files, on: loop)
      : .none
    let interpreters = interpreters(ticket.settings, environment, loop, headStart)
    var plan = SessionPlan(
      kind: ticket.kind, settings: ticket.settings, interpreters: interpreters.make)
    plan.jobs = { PythonJobRunner(python.placed(in: $0), files: $0.pythonFiles, on: loop) }
    plan.pythonFiles = files
    let process = DriverProcess(
      ticket, plan, gateway: gateway, on: loop, pid: UInt32(clamping: getpid()), report: report)
    return await process.run()
  }

  private static func rehearse(
    _ environment: GatewayEnvironment, _ loop: EventLoop
  ) async -> Bool {
    let gateway = Gateway(port: environment.port, secret: environment.secret, on: loop)
    let rehearsal = Rehearsal(
      through: gateway, interpreters: interpreters(DriverSettings(), environment, loop).make,
      limit: rehearsalTimeMax)
    return await rehearsal.run()
  }

  /// Its server, if it lives, waits as long.
  private static let rehearsalTimeMax = Duration.seconds(300)

  private static func interpreters(
    _ settings: DriverSettings, _ environment: GatewayEnvironment, _ loop: EventLoop,
    _ headStart: PythonHeadStart = .none
  ) -> InterpreterSet {
    let python = statements(PythonOptions(environment: environment.variables), settings)
    var sparkR = ROptions(environment: environment.variables)
    sparkR.limits.outputBytesMax = Int(settings.outputBytesMax)
    return InterpreterSet(settings: settings) { application in
      headStart.take()
        ?? PythonInterpreter(
          python.placed(in: application), files: application.pythonFiles, on: loop)
    } sparkR: { [sparkR] application in
      RInterpreter(sparkR, in: application, on: loop)
    }
  }

  /// Of statements; jobs have their own limits.
  private static func statements(
    _ python: PythonOptions, _ settings: DriverSettings
  ) -> PythonOptions {
    var python = python
    python.richOutput = settings.richOutput
    python.limits.outputBytesMax = Int(settings.outputBytesMax)
    return python
  }

  /// One line on standard error, which Spark merges into its own log.
  @Sendable private static func report(_ line: String) {
    let text = Array("livy-driver: \(line)\n".utf8)
    _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static let launchFileBytesMax = 1 << 20

  /// Reads the launch file and removes it: its token is good once.
  private static func takeFile(at path: String) throws(LivyError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      throw LivyError(
        .configuration, "the launch file cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer {
      close(descriptor)
      unlink(path)
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      guard count > 0, bytes.count + count <= launchFileBytesMax else {
        throw LivyError(.configuration, "the launch file cannot be read, or is too large")
      }
      bytes += chunk.prefix(count)
    }
  }
}
