// SPDX-License-Identifier: Apache-2.0

import LivyCore
import Testing
import Transport

@testable import LivyLink

@Suite("Enrolment book")
struct EnrolmentBookTests {
  static let start = LoopInstant(nanoseconds: 1_000_000_000)
  static let token: [UInt8] = Array(repeating: 7, count: 32)
  let session: SessionUUID

  init() throws {
    session = try #require(SessionUUID(String(repeating: "a", count: 32)))
  }

  func book() -> EnrolmentBook {
    var book = EnrolmentBook()
    book.expect(
      session, attempt: 1, tokenDigest: Self.token,
      expires: Self.start.advanced(by: .seconds(10)))
    return book
  }

  @Test("The first key gets the certificate, and gets the same one again")
  func firstKey() {
    var book = book()
    #expect(
      book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start) == .issue(session))
    book.issued(session, keyDigest: "k1", certificate: "pem")
    #expect(
      book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start)
        == .again(session, certificate: "pem"))
    #expect(book.attempt(of: session, keyDigest: "k1") == 1)
  }

  @Test("Another key is refused from the moment that the first one was seen")
  func otherKey() {
    var book = book()
    _ = book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start)
    let refused = EnrolmentBook.Presentation.refuse(.boundToAnotherKey(session))
    #expect(book.present(tokenDigest: Self.token, keyDigest: "k2", now: Self.start) == refused)
    // The first key may try again where its certificate could not be made.
    #expect(
      book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start) == .issue(session))
    book.issued(session, keyDigest: "k1", certificate: "pem")
    #expect(book.present(tokenDigest: Self.token, keyDigest: "k2", now: Self.start) == refused)
    #expect(book.attempt(of: session, keyDigest: "k2") == nil)
  }

  @Test("A token ends with its time, also for the key that it is bound to")
  func expiry() {
    var book = book()
    let end = Self.start.advanced(by: .seconds(10))
    let refused = EnrolmentBook.Presentation.refuse(.expired(session))
    #expect(book.present(tokenDigest: Self.token, keyDigest: "k1", now: end) == refused)
    _ = book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start)
    #expect(book.present(tokenDigest: Self.token, keyDigest: "k1", now: end) == refused)
  }

  @Test("A forgotten session leaves nothing behind")
  func forget() {
    var book = book()
    _ = book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start)
    book.forget(session)
    book.issued(session, keyDigest: "k1", certificate: "pem")
    #expect(book.count == 0)
    #expect(book.attempt(of: session, keyDigest: "k1") == nil)
    #expect(
      book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start)
        == .refuse(.unknownToken))
  }

  @Test("A new attempt of a session takes the token of the old one away")
  func newAttempt() {
    var book = book()
    let fresh: [UInt8] = Array(repeating: 8, count: 32)
    book.expect(
      session, attempt: 2, tokenDigest: fresh, expires: Self.start.advanced(by: .seconds(10)))
    #expect(
      book.present(tokenDigest: Self.token, keyDigest: "k1", now: Self.start)
        == .refuse(.unknownToken))
    #expect(book.present(tokenDigest: fresh, keyDigest: "k1", now: Self.start) == .issue(session))
    #expect(book.attempt(of: session, keyDigest: "k1") == 2)
  }
}
