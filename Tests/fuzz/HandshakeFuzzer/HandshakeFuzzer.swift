// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import TestSupport

@testable internal import Transport

/// Bytes of a peer, into both sides of TLS. The first byte of the input says how:
///
///     0: all that follows to a server    1: all that follows to a client
///     2: a real handshake between the two, which the rest damages, four bytes a wound:
///        which flight, what is done, where, and with what
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard input.count > 1, let contexts = Contexts.made else { return 0 }
  let rest = Array(input[2...])
  switch input[0] % 3 {
  case 0: feed(rest, to: contexts.server, pieceBytes: Int(input[1]))
  case 1: feed(rest, to: contexts.client, pieceBytes: Int(input[1]))
  default: Handshake(contexts, wounds: rest).run()
  }
  return 0
}

private func feed(_ bytes: [UInt8], to context: TLSContext, pieceBytes: Int) {
  do throws(TransportError) {
    let engine = try TLSEngine(context)
    try engine.start()
    let step = pieceBytes == 0 ? max(1, bytes.count) : pieceBytes
    for start in stride(from: 0, to: bytes.count, by: step) {
      try receive(Array(bytes[start..<min(start + step, bytes.count)]), engine)
    }
    engine.close()
    engine.drainOutput { _ in }
  } catch {
    precondition(!error.message.isEmpty, "an error without a word")
  }
}

@discardableResult
private func receive(_ bytes: [UInt8], _ engine: TLSEngine) throws(TransportError) -> [UInt8] {
  var plaintext: [UInt8] = []
  // In deliveries as large as a loop's.
  for start in stride(from: 0, to: bytes.count, by: deliveryBytesMax) {
    let delivery = bytes[start..<min(start + deliveryBytesMax, bytes.count)]
    var problem: TransportError?
    delivery.withUnsafeBytes { buffer in
      TurnLog.measure {
        do throws(TransportError) {
          try engine.receive(buffer) { plaintext.append(contentsOf: $0) }
        } catch {
          problem = error
        }
      }
    }
    if let problem { throw problem }
  }
  return plaintext
}

private let deliveryBytesMax = 64 << 10

/// A handshake, and a word each way after it, with wounds.
private struct Handshake {
  private static let word: [UInt8] = Array("said after the handshake".utf8)

  private let contexts: Contexts
  private let wounds: [UInt8]

  init(_ contexts: Contexts, wounds: [UInt8]) {
    self.contexts = contexts
    self.wounds = wounds
  }

  func run() {
    do throws(TransportError) {
      let client = try TLSEngine(contexts.client)
      let server = try TLSEngine(contexts.server)
      try client.start()
      try server.start()
      var heard: [UInt8] = []
      for flight in 0..<8 {
        let (from, to) = flight.isMultiple(of: 2) ? (client, server) : (server, client)
        if flight == 6 { try speak(client) }
        heard += try receive(damaged(output(of: from), flight), to)
      }
      let isWhole = server.state == .open && heard == Self.word
      precondition(!wounds.isEmpty || isWhole, "a handshake without a wound failed")
      precondition(heard.isEmpty || heard == Self.word, "damaged bytes were taken for a word")
    } catch {
      precondition(!wounds.isEmpty, "a handshake without a wound failed: \(error)")
    }
  }

  private func speak(_ engine: TLSEngine) throws(TransportError) {
    guard engine.state == .open else { return }
    let problem = Self.word.withUnsafeBytes { word -> TransportError? in
      do throws(TransportError) {
        try engine.send(word)
        return nil
      } catch {
        return error
      }
    }
    if let problem { throw problem }
  }

  private func output(of engine: TLSEngine) -> [UInt8] {
    var output: [UInt8] = []
    engine.drainOutput { output.append(contentsOf: $0) }
    return output
  }

  private func damaged(_ flight: [UInt8], _ number: Int) -> [UInt8] {
    var flight = flight
    for start in stride(from: 0, to: wounds.count - 3, by: 4)
    where Int(wounds[start] % 8) == number && !flight.isEmpty {
      // Places from both ends: headers stand at the front, tags at the back.
      let distance = Int(wounds[start + 2]) % flight.count
      let place = wounds[start + 1] & 0x80 == 0 ? distance : flight.count - 1 - distance
      switch wounds[start + 1] % 4 {
      case 0: flight[place] ^= wounds[start + 3]
      case 1: flight.removeSubrange(place...)
      case 2: flight.insert(wounds[start + 3], at: place)
      default: if flight.count < 1 << 20 { flight += flight[..<place] }
      }
    }
    return flight
  }
}

/// A server and a client that one authority vouches for; made once, since keys take long.
private struct Contexts {
  var server: TLSContext
  var client: TLSContext

  static let made = try? Contexts()

  init() throws {
    let now = Int64(time(nil))
    let authority = try CertificateAuthority.create(
      commonName: "fuzz", lifetime: .seconds(86_400), now: now
    ).authority
    func identity(_ uri: String) throws -> TLSIdentity {
      let key = try PrivateKey.generate()
      let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
      let issued = try authority.issue(
        for: request, uri: uri, usages: [.client, .server], lifetime: .seconds(80_000), now: now)
      return TLSIdentity(certificatePEM: issued.pem, key: key)
    }
    server = try TLSContext.server(
      identity: try identity("livy:server:a"), trusting: authority.pem,
      protocols: [.init("livy/1", clientCertificate: .required)], verify: { _, _ in nil })
    client = try TLSContext.client(
      identity: try identity("livy:session:b"), trusting: authority.pem,
      applicationProtocol: "livy/1", verify: { _, _ in nil })
  }
}
