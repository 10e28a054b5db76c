// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

@Suite("Sessions kept")
struct SessionBookTests {
  private static func name(_ number: Int) throws -> SessionName {
    var bytes = [UInt8](repeating: 0, count: SessionName.bytesCount)
    withUnsafeBytes(of: number) { bytes.replaceSubrange(0..<8, with: $0) }
    return try #require(bytes.withUnsafeBytes { SessionName($0) })
  }

  private static func peer(_ key: String) -> PeerCertificate {
    PeerCertificate(
      uris: ["livy:session:\(key)"], usages: [.client], serial: "1", publicKeyDigest: key,
      notAfter: 1_000)
  }

  private static func session(
    _ number: Int, _ key: String = "k", made: Int64 = 0
  ) throws -> ResumableSession {
    ResumableSession(
      name: try name(number), secret: [1], cipherSuite: 0x1301, applicationProtocol: "a/1",
      peer: peer(key), made: made)
  }

  private static func limits(_ sessions: Int, perPeer: Int, age: Int = 100) -> TransportLimits {
    var limits = TransportLimits()
    limits.resumableSessionsMax = sessions
    limits.resumableSessionsPerPeerMax = perPeer
    limits.resumableTargetsMax = sessions
    limits.resumptionAgeMax = .seconds(age)
    return limits
  }

  @Test("A name is 32 bytes, and the same bytes")
  func names() throws {
    let bytes = (0..<32).map { UInt8($0) }
    let name = try #require(bytes.withUnsafeBytes { SessionName($0) })
    #expect(name.bytes == bytes)
    for count in [0, 1, 31] {
      #expect(bytes.prefix(count).withUnsafeBytes { SessionName($0) } == nil)
    }
    #expect((bytes + [0]).withUnsafeBytes { SessionName($0) } == nil)
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 1
      #expect(other.withUnsafeBytes { SessionName($0) } != name)
    }
  }

  @Test("A session is handed out once, and only while it is young")
  func once() throws {
    var book = SessionBook(limits: Self.limits(10, perPeer: 10))
    book.keep(try Self.session(1, made: 50), now: 50)
    book.keep(try Self.session(2, made: 50), now: 50)
    book.keep(try Self.session(3, made: 50), now: 50)
    #expect(book.take(try Self.name(1), now: 150)?.name == (try Self.name(1)))
    #expect(book.take(try Self.name(1), now: 150) == nil)
    #expect(book.take(try Self.name(2), now: 151) == nil)
    // The clock was set back.
    #expect(book.take(try Self.name(3), now: 49) == nil)
    #expect(book.count == 0 && book.isConsistent)
  }

  @Test("At the limits the oldest go: of the peer first, then of all; the aged by themselves")
  func limits() throws {
    var book = SessionBook(limits: Self.limits(4, perPeer: 2))
    for number in 0..<3 { book.keep(try Self.session(number, "a"), now: 0) }
    #expect(book.count == 2)
    #expect(book.take(try Self.name(0), now: 0) == nil)
    for number in 3..<6 { book.keep(try Self.session(number, "\(number)"), now: 0) }
    #expect(book.count == 4 && book.isConsistent)
    #expect(book.take(try Self.name(1), now: 0) == nil)
    #expect(book.take(try Self.name(2), now: 0) != nil)
    book.keep(try Self.session(7, "b", made: 101), now: 101)
    #expect(book.count == 1 && book.isConsistent)
    var none = SessionBook(limits: Self.limits(0, perPeer: 1))
    none.keep(try Self.session(1), now: 0)
    #expect(none.count == 0)
  }

  @Test("The sessions of a peer are forgotten by its key or by its name")
  func forget() throws {
    var book = SessionBook(limits: Self.limits(10, perPeer: 3))
    for number in 0..<9 { book.keep(try Self.session(number, "\(number % 3)"), now: 0) }
    #expect(book.forget(.publicKey(digest: "0")) == 3)
    #expect(book.forget(.publicKey(digest: "0")) == 0)
    #expect(book.forget(.uri("livy:session:1")) == 3)
    #expect(book.forget(.uri("livy:session")) == 0)
    #expect(book.count == 3 && book.isConsistent)
    #expect(book.forget(.all) == 3)
    #expect(book.count == 0 && book.isConsistent)
  }

  @Test("Whatever happens in whatever order, the book stays in order", arguments: 0..<20)
  func anyOrder(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var book = SessionBook(limits: Self.limits(20, perPeer: 4, age: 30))
    var now: Int64 = 0
    for number in 0..<500 {
      switch random.next() % 8 {
      case 0: book.forget(.publicKey(digest: "\(random.next() % 9)"))
      case 1: book.forget(.uri("livy:session:\(random.next() % 9)"))
      case 2...3: _ = book.take(try Self.name(Int(random.next() % 500)), now: now)
      default:
        book.keep(try Self.session(number, "\(random.next() % 9)", made: now), now: now)
      }
      now += Int64(random.next() % 3)
      #expect(book.isConsistent, "seed \(seed), step \(number)")
    }
  }

  private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  @Test("A client keeps the newest session of each target, and not too many targets")
  func shelf() {
    var shelf = SessionShelf<Int>(limits: Self.limits(2, perPeer: 1))
    func kept(_ number: Int, _ key: String) -> SessionShelf<Int>.Kept {
      .init(session: number, peer: Self.peer(key), made: 0)
    }
    shelf.keep(kept(1, "a"), for: "x")
    shelf.keep(kept(2, "b"), for: "y")
    shelf.keep(kept(3, "a"), for: "x")
    shelf.keep(kept(4, "c"), for: "z")
    #expect(shelf.count == 2)
    #expect(shelf.take("y", now: 0) == nil)
    #expect(shelf.take("x", now: 100)?.session == 3)
    #expect(shelf.take("x", now: 100) == nil)
    #expect(shelf.take("z", now: 101) == nil)
    shelf.keep(kept(5, "a"), for: "x")
    shelf.forget(.publicKey(digest: "b"))
    #expect(shelf.count == 1)
    shelf.forget(.uri("livy:session:a"))
    #expect(shelf.count == 0)
  }
}
