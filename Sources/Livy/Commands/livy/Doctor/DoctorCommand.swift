// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check what a server needs on this machine, and say how to mend what is missing.",
    discussion: """
      Looks at the settings as livy server reads them, at Java, Spark, Python, livy-driver, \
      OpenSSL, libuv, the state folder and the ports. Changes nothing.

      Exit status: 0 all that is needed is there; 1 something is missing; 2 wrong usage.
      """)

  @Option(help: "Folder of livy.conf, in place of $LIVY_CONF_DIR.")
  var conf: String?

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func run() async throws {
    let terminal = Terminal.current
    let surroundings = Surroundings.current
    var findings: [Finding]
    do {
      let folder = ConfFolder(path: conf ?? surroundings.confFolder)
      let sources = SettingSources(
        environment: surroundings.environment, files: try folder.settings())
      findings = await Examination(
        surroundings: surroundings, sources: sources, blacklist: try folder.blacklist()
      ).findings()
    } catch {
      findings = [.missing("Settings", "\(error)", mend: "mend that file, then ask again")]
    }
    terminal.show(
      json ? JSONWriter.text(of: findings) : Self.lines(findings, terminal).joined(separator: "\n"))
    if findings.contains(where: { $0.verdict == .missing }) {
      throw ExitCode(CommandStatus.failed.rawValue)
    }
  }

  static func lines(_ findings: [Finding], _ terminal: Terminal) -> [String] {
    let width = findings.map(\.subject.count).max() ?? 0
    return findings.flatMap { finding -> [String] in
      let mark = finding.verdict.rawValue
      let padded = String(repeating: " ", count: max(0, 4 - mark.count)) + mark
      let subject =
        finding.subject
        + String(repeating: " ", count: max(0, width - finding.subject.count))
      let line =
        terminal.styled(padded, colour(finding.verdict), shown: terminal.isOutputShown)
        + "  \(subject)  \(SafeText.line(finding.detail))"
      let indent = String(repeating: " ", count: width + 8)
      return [line] + (finding.remedy.map { ["\(indent)to mend it: \($0)"] } ?? [])
    }
  }

  private static func colour(_ verdict: Finding.Verdict) -> Terminal.Style {
    switch verdict {
    case .fine: .green
    case .doubtful: .yellow
    case .missing: .red
    }
  }
}

extension Finding: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("subject", subject)
      writer.field("verdict", verdict.rawValue.lowercased())
      writer.field("detail", detail)
      writer.field("remedy", remedy)
    }
  }
}
