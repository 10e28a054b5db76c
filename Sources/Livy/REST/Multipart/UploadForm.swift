// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyCore
internal import LivyServer

/// A form with one file in it, on its way to disk: never more than a chunk of it is in memory.
struct UploadForm {
  private let part: String
  private let limits: RESTLimits
  private var parser: MultipartParser
  private var received = 0
  private var written = 0
  private var isInFile = false
  /// Where the file goes, once its part has begun.
  private(set) var file: UploadedFile?

  /// `part` is the name of the form's part that holds the file.
  init(_ contentType: String?, part: String, limits: RESTLimits) throws(RESTFailure) {
    guard let contentType, let boundary = MultipartBoundary.find(in: contentType) else {
      throw RESTFailure(
        .badRequest, .string("Send the file as multipart/form-data, in a part named \"\(part)\""))
    }
    self.part = part
    self.limits = limits
    parser = MultipartParser(boundary: boundary)
  }

  /// Refuses at once a body that says it is too large.
  func expect(_ length: Int) throws(RESTFailure) {
    guard length <= bodyBytesMax else { throw tooLarge }
  }

  /// Takes bytes of the body; `open` makes the file when its part begins.
  mutating func receive(
    _ bytes: some Sequence<UInt8>, open: (String) async throws -> UploadedFile
  ) async throws {
    let bytes = Array(bytes)
    received += bytes.count
    guard received <= bodyBytesMax else { throw tooLarge }
    let events: [MultipartParser.Event]
    do {
      events = try parser.receive(bytes)
    } catch {
      throw RESTFailure(.badRequest, .string(error.description))
    }
    for event in events {
      switch event {
      case .part(let name, let fileName):
        guard file == nil, name == part, let fileName else { continue }
        file = try await open(fileName)
        isInFile = true
      case .bytes(let bytes):
        guard isInFile else { continue }
        written += bytes.count
        guard written <= limits.uploadBytesMax else { throw tooLarge }
        try file?.write(bytes)
      case .partEnd: isInFile = false
      }
    }
  }

  /// The whole file, once the body has ended.
  func finish() throws(RESTFailure) -> UploadedFile {
    do {
      try parser.finish()
    } catch {
      throw RESTFailure(.badRequest, .string(error.description))
    }
    guard let file else {
      throw RESTFailure(.badRequest, .string("No \(part) sent!"))
    }
    return file
  }

  /// The file with what stands around it.
  private var bodyBytesMax: Int {
    let (sum, overflows) = limits.uploadBytesMax.addingReportingOverflow(limits.formBytesMax)
    return overflows ? .max : sum
  }

  private var tooLarge: RESTFailure {
    RESTFailure(
      .contentTooLarge,
      .string(
        "An uploaded file may have \(limits.uploadBytesMax) bytes (livy.file.upload.max.size)"))
  }
}
