// SPDX-License-Identifier: Apache-2.0

package import Transport

/// The JVM's end of Py4J in memory: checks the secret, cuts commands, and answers each as the
/// script says.
package final class ScriptedGateway: Sendable {
  /// From the lines of a command, without its `e`, to the line of the answer; `nil` leaves the
  /// caller waiting.
  package typealias Script = @Sendable ([String]) -> String?

  private struct State {
    var commands: [[String]] = []
    var peers: [LoopBound<any ByteStream>] = []
  }

  private let loop: any Loop
  private let options: MemoryStream.Options
  private let secret: String
  private let script: Script
  private let state = Locked(State())

  package init(
    on loop: any Loop, secret: String = "secret",
    options: MemoryStream.Options = MemoryStream.Options(), script: @escaping Script
  ) {
    self.loop = loop
    self.secret = secret
    self.options = options
    self.script = script
  }

  /// All commands of all connections so far.
  package var commands: [[String]] { state.withLock { $0.commands } }
  package var connectionCount: Int { state.withLock { $0.peers.count } }

  /// A new connection to this gateway.
  package func dial() async -> EstablishedConnection {
    let ends = MemoryStream.connections(on: loop, options: options)
    state.withLock { $0.peers.append(ends.far.stream) }
    await loop.run { [self] in
      let far = ends.far.stream.value
      far.start(Conversation(self, far))
    }
    return ends.near
  }

  /// Ends every connection, as the death of the JVM does.
  package func die() async {
    await loop.run { [self] in
      for peer in state.withLock({ $0.peers }) { peer.value.finish() }
    }
  }

  fileprivate func greets(_ lines: [String]) -> Bool { lines == ["A", secret] }

  fileprivate func answer(to command: [String]) -> String? {
    state.withLock { $0.commands.append(command) }
    return script(command)
  }
}

private final class Conversation: ByteStreamReceiver {
  private let gateway: ScriptedGateway
  private let stream: any ByteStream
  private var partial: [UInt8] = []
  private var lines: [String] = []
  private var isGreeted = false

  init(_ gateway: ScriptedGateway, _ stream: any ByteStream) {
    self.gateway = gateway
    self.stream = stream
  }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        partial.append(byte)
        continue
      }
      lines.append(String(decoding: partial, as: UTF8.self))
      partial = []
      takeLine()
    }
  }

  private func takeLine() {
    if !isGreeted {
      guard lines.count == 2 else { return }
      isGreeted = gateway.greets(lines)
      lines = []
      say(isGreeted ? "!yv" : "!xsAuthentication error: unexpected secret")
      if !isGreeted { stream.finish() }
    } else if lines.last == "e", lines != ["a", "e"] {  // The length of an array has an `e` inside.
      let command = Array(lines.dropLast())
      lines = []
      if let answer = gateway.answer(to: command) { say(answer) }
    }
  }

  private func say(_ line: String) {
    stream.write(Array((line + "\n").utf8))
  }

  func streamDidDrain() {}

  func streamDidEnd(_ error: TransportError?) {
    stream.cancel()
  }
}
