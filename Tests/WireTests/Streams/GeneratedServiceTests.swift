// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Generated clients and handlers")
struct GeneratedServiceTests {
  /// Answers with how much it was asked.
  private struct Desk: DocumentServiceHandler {
    let seen: Tally

    func find(_ request: Scalars, _ call: CallContext) async throws -> Result {
      await seen.add("find")
      return Result()
    }

    func followEverythingThatHappens(
      _ request: Lists, _ call: CallContext, _ items: ItemSink<ResultOfFollowingEverything>
    ) async throws {
      for _ in 0..<2 { try await items.send(ResultOfFollowingEverything()) }
    }

    func connectionCall(_ request: Result, _ call: CallContext) async throws -> Result { request }

    func upload(_ requests: ItemStream<Scalars>, _ call: CallContext) async throws -> Result {
      for try await _ in requests { await seen.add("piece") }
      return Result()
    }

    func discuss(
      _ requests: ItemStream<Lists>, _ call: CallContext,
      _ items: ItemSink<ResultOfFollowingEverything>
    ) async throws {
      for try await _ in requests { try await items.send(ResultOfFollowingEverything()) }
    }
  }

  private actor Tally {
    private(set) var words: [String] = []
    func add(_ word: String) { words.append(word) }
  }

  @Test("A method of each shape is called through its stub and answered by its handler")
  func shapes() async throws {
    let tally = Tally()
    var table = MethodTable()
    table.serve(Desk(seen: tally))
    let loop = try EventLoop.start(name: "wire-test")
    let ends = MemoryStream.connections(on: loop)
    let near = Connection(ends.near, side: .dialed)
    let far = Connection(ends.far, side: .accepted, serving: table)
    await near.start()
    await far.start()
    let client = DocumentServiceClient(near)

    _ = try await client.find(Scalars(), timeout: .seconds(600))
    var followed = 0
    for try await _ in try await client.followEverythingThatHappens(Lists()) { followed += 1 }
    #expect(followed == 2)

    let upload = try await client.upload(timeout: .seconds(600))
    for _ in 0..<3 { try await upload.send(Scalars()) }
    upload.finish()
    _ = try await upload.response()
    #expect(await tally.words == ["find", "piece", "piece", "piece"])

    let discussion = try await client.discuss()
    var answers = discussion.answers.makeAsyncIterator()
    for _ in 0..<3 {
      try await discussion.send(Lists())
      let answer = try await answers.next()
      #expect(answer != nil)
    }
    discussion.finish()
    let end = try await answers.next()
    #expect(end == nil)

    await near.close()
    await far.close()
    await loop.stop()
  }
}
