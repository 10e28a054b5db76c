// SPDX-License-Identifier: Apache-2.0

internal import Livy
internal import LivyCore
internal import Transport

/// Everything that a server and its sessions need on this machine, looked at in turn.
struct Examination: Sendable {
  let surroundings: Surroundings
  let sources: SettingSources
  let blacklist: Set<String>

  func findings() async -> [Finding] {
    var findings = [
      settings, await java(), PlaceChecks.spark(sparkHome), await python(),
      PlaceChecks.driver(sources.text(.driver) ?? surroundings.driver),
      VersionChecks.openSSL(NativeLibraries.openSSL), VersionChecks.libuv(NativeLibraries.libuv),
      PlaceChecks.stateFolder(surroundings.stateFolder),
    ]
    let further = (try? SparkHomeSettings.read(sources)) ?? [:]
    for (name, home) in further.sorted(by: { $0.key < $1.key }) {
      findings.append(PlaceChecks.spark(home, named: "Spark \(name)"))
    }
    findings.append(await restPort())
    findings.append(driverPorts())
    return findings
  }

  private var sparkHome: String? { sources.text(.sparkHome) ?? surroundings.sparkHome }

  private var settings: Finding {
    do throws(LivyError) {
      _ = try ServerSettings(sources, surroundings: surroundings, blacklist: blacklist)
    } catch {
      // A missing Spark has a finding of its own.
      guard sparkHome != nil else {
        return .doubtful("Settings", "they were not all looked at", mend: "mend Spark first")
      }
      return .missing("Settings", error.description, mend: "livy server --help lists them")
    }
    let warnings = sources.warnings
    guard warnings.isEmpty else {
      return .doubtful(
        "Settings", warnings.joined(separator: "; "), mend: "livy server --help lists them")
    }
    let names = sources.files.map(\.name).joined(separator: ", ")
    return .fine("Settings", names.isEmpty ? "all as they are by default" : names)
  }

  private func java() async -> Finding {
    let environment = surroundings.environment
    let home = environment["JAVA_HOME"].flatMap { $0.isEmpty ? nil : $0 + "/bin/java" }
    let place = home ?? ProgramProbe.find("java", path: environment["PATH"])
    return VersionChecks.java(
      await output(place, "-version"), place: place ?? "java")
  }

  private func python() async -> Finding {
    let environment = surroundings.sparkEnvironment
    let name = environment["PYSPARK_PYTHON"].flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
    let place = ProgramProbe.find(name, path: environment["PATH"])
    return VersionChecks.python(await output(place, "--version"), place: place ?? name)
  }

  private func output(_ program: String?, _ argument: String) async -> String? {
    guard let program else { return nil }
    return await ProgramProbe.output(of: program, [argument])
  }

  private func restPort() async -> Finding {
    let host = sources.text(.host) ?? "127.0.0.1"
    guard let port = try? sources.port(.port) else {
      return .missing("REST port", "no port is set", mend: "set livy.server.port")
    }
    if PlaceChecks.isFree(host, port) { return .fine("REST port", "\(host):\(port) is free") }
    var options = LivyClient.Options()
    options.requestTime = .seconds(3)
    if let livy = try? LivyClient("http://\(host):\(port)", options: options),
      let version = try? await livy.version()
    {
      return .fine(
        "REST port", "\(host):\(port): a server runs there (\(SafeText.line(version.revision)))")
    }
    return .missing(
      "REST port", "\(host):\(port) cannot be listened on, and no Livy answers there",
      mend: "stop what listens there, or choose another port with livy.server.port")
  }

  private func driverPorts() -> Finding {
    let host = sources.text(.launcherAddress) ?? "127.0.0.1"
    let range =
      (try? sources.port(.rpcPort)).map { $0...$0 } ?? (try? sources.ports(.launcherPorts))
    guard let range else {
      return .missing(
        "Driver ports", "none are set", mend: "set livy.rsc.launcher.port.range, 10000~10110")
    }
    // 0 lets the kernel choose.
    guard range.lowerBound > 0 else { return .fine("Driver ports", "any free one") }
    guard let free = range.first(where: { PlaceChecks.isFree(host, $0) }) else {
      return .missing(
        "Driver ports", "none of \(range.lowerBound) to \(range.upperBound) is free on \(host)",
        mend: "set livy.rsc.launcher.port.range to ports that are")
    }
    return .fine("Driver ports", "\(host):\(free) is free")
  }
}
