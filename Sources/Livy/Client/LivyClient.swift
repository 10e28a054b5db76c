// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
public import LivyAPI
internal import NIOCore
internal import NIOHTTP1

/// Talks to one Livy server over REST: ours, or Apache Livy's.
///
/// ```swift
/// let livy = try LivyClient("http://127.0.0.1:8998")
/// let result = try await livy.withSession(CreateSession(kind: "pyspark")) { session in
///   try await livy.run("spark.range(1000).count()", in: .id(session.id))
/// }
/// ```
///
/// Calls throw ``ClientError``. A statement that fails is no error of the call: its
/// ``Statement/output`` says so.
public struct LivyClient: Sendable {
  /// Limits and additions of all calls.
  public struct Options: Sendable {
    /// An answer takes no longer than this, or the call fails.
    public var requestTime: Duration = .seconds(60)
    /// A session's end waits for Spark's.
    public var deleteTime: Duration = .seconds(180)
    /// A stream of events takes no longer than this; then it is asked for again.
    public var streamTime: Duration = .seconds(3_600)
    /// The largest answer that is read.
    public var answerBytesMax = 256 << 20
    /// Sent with every request: `Authorization` for example.
    public var headers: [String: String] = [:]

    /// Limits as they stand above.
    public init() {}
  }

  let address: ServerAddress
  private let options: Options

  /// One pool of connections for the process, never shut down, as `HTTPClient.shared`; but a server
  /// that is not there is told at once, and not after tries for the whole time limit.
  private static let http: HTTPClient = {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(10)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// A client of the server at `url`: `http://127.0.0.1:8998`, or with a path when a proxy stands
  /// before it.
  public init(_ url: String, options: Options = Options()) throws(ClientError) {
    address = try ServerAddress(url)
    self.options = options
  }

  /// The address as it was given, without a slash at its end.
  public var url: String { address.base }

  /// What the server says of itself.
  public func version() async throws(ClientError) -> ServerVersion {
    try await get(address.url(["version"]))
  }

  func get<Answer: JSONReadable>(_ url: String) async throws(ClientError) -> Answer {
    try await read(send(HTTPClientRequest(url: url), within: options.requestTime), from: url)
  }

  func post<Answer: JSONReadable>(
    _ url: String, _ body: some JSONWritable
  ) async throws(ClientError) -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: body)))
    return try await read(send(request, within: options.requestTime), from: url)
  }

  /// For requests whose answer is empty.
  func postWithoutAnswer(
    _ url: String, _ body: [UInt8], type: String
  ) async throws(ClientError) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: type)
    request.body = .bytes(ByteBuffer(bytes: body))
    _ = try await send(request, within: options.requestTime)
  }

  func delete(_ url: String) async throws(ClientError) {
    var request = HTTPClientRequest(url: url)
    request.method = .DELETE
    _ = try await send(request, within: options.deleteTime)
  }

  /// Reads an answer that goes on for long, in pieces as they come. Returns at its end.
  func stream(
    _ url: String, headers: [String: String],
    onBytes: (ByteBufferView) async throws(ClientError) -> Void
  ) async throws(ClientError) {
    var request = HTTPClientRequest(url: url)
    for (name, value) in options.headers.merging(headers, uniquingKeysWith: { $1 }) {
      request.headers.replaceOrAdd(name: name, value: value)
    }
    let response: HTTPClientResponse
    do {
      response = try await Self.http.execute(request, timeout: TimeAmount(options.streamTime))
    } catch {
      throw failure(error, url: url)
    }
    guard response.status.code == 200 else {
      let bytes = try? await response.body.collect(upTo: Self.refusalBytesMax)
      throw Self.refusal(
        status: Int(response.status.code), bytes: bytes.map { Array($0.readableBytesView) } ?? [],
        url: url)
    }
    var pieces = response.body.makeAsyncIterator()
    while true {
      let piece: ByteBuffer?
      do {
        piece = try await pieces.next()
      } catch {
        throw failure(error, url: url)
      }
      guard let piece else { return }
      try await onBytes(piece.readableBytesView)
    }
  }

  private static let refusalBytesMax = 64 << 10

  private func read<Answer: JSONReadable>(
    _ bytes: [UInt8], from url: String
  ) throws(ClientError) -> Answer {
    do {
      return try Answer(json: bytes, limits: .answers)
    } catch let error {
      throw ClientError(
        .badAnswer, "The answer from \(url) is not what a Livy server says: \(error.message)")
    }
  }

  /// The body of a good answer; every other one is thrown with the server's words.
  private func send(
    _ request: HTTPClientRequest, within limit: Duration
  ) async throws(ClientError) -> [UInt8] {
    var request = request
    // Servers with protection against forged requests want to see it.
    request.headers.add(name: "X-Requested-By", value: "livy")
    for (name, value) in options.headers { request.headers.replaceOrAdd(name: name, value: value) }
    let status: UInt
    let bytes: [UInt8]
    do {
      let response = try await Self.http.execute(request, timeout: TimeAmount(limit))
      status = response.status.code
      bytes = Array(
        try await response.body.collect(upTo: options.answerBytesMax).readableBytesView)
    } catch let error as HTTPClientError where Self.timeouts.contains(error) {
      throw ClientError(
        .timedOut, "No answer from \(address.base) within \(limit.formattedSeconds)")
    } catch {
      throw failure(error, url: request.url)
    }
    guard (200..<300).contains(status) else {
      throw Self.refusal(status: Int(status), bytes: bytes, url: request.url)
    }
    return bytes
  }

  private func failure(_ error: any Error, url: String) -> ClientError {
    if error is CancellationError || Task.isCancelled {
      return ClientError(.cancelled, "The call to \(url) was cancelled")
    }
    if let error = error as? NIOTooManyBytesError {
      return ClientError(
        .badAnswer, "The answer from \(url) is larger than \(error.maxBytes ?? 0) bytes")
    }
    return ClientError(
      .unreachable, "Cannot reach \(address.base): \(Self.reason(of: error))")
  }

  private static let timeouts: [HTTPClientError] = [
    .deadlineExceeded, .readTimeout, .connectTimeout, .writeTimeout,
  ]

  /// The innermost words: "connection refused" helps, the list of everything that was tried does
  /// not.
  private static func reason(of error: any Error) -> String {
    let text = String(describing: error)
    if text.contains("Connection refused") { return "connection refused" }
    if text.contains("No route to host") { return "no route to host" }
    if text.contains("HTTPClientError.remoteConnectionClosed") {
      return "the connection was closed before the answer"
    }
    return text
  }

  /// Livy says why in one of three shapes: `{"msg": ...}`, a JSON string, or nothing.
  private static func refusal(status: Int, bytes: [UInt8], url: String) -> ClientError {
    let value = try? JSONValue(parsing: bytes, limits: .answers)
    let words: String? =
      switch value {
      case .string(let text)?: text
      case .object?: (try? value.map { try MessageAnswer(json: $0) })?.message
      default: nil
      }
    return ClientError(
      .refused, words ?? "The server answered \(status) to \(url)", status: status)
  }
}

extension Duration {
  /// `90 s` or `0.5 s`.
  var formattedSeconds: String {
    let seconds = Double(components.seconds) + Double(components.attoseconds) / 1e18
    return seconds == seconds.rounded() ? "\(Int64(components.seconds)) s" : "\(seconds) s"
  }
}
