// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// What users bring to a running session: by its URI, or as an upload.
struct AdditionRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory
  let files: FileURIRules
  let limits: RESTLimits

  func add(to table: RouteTable<Context>) {
    for target in AdditionTarget.allCases {
      let name = target.rawValue
      table.at(
        "sessions/:session/add-\(name)",
        [.post: .modifying { try await add(target, $0, $1) }])
      table.at(
        "sessions/:session/upload-\(name)",
        [
          .post: .modifying { request, context in
            try await LongWork.run { try await upload(target, request, context) }
          }
        ])
    }
  }

  private func add(
    _ target: AdditionTarget, _ request: Request, _ context: Context
  ) async throws -> Response {
    let reference = try context.session()
    let uri = try await request.json(AddResource.self, limits: limits).uri
    guard !uri.utf8.contains(UInt8(ascii: ",")) else {
      throw RESTFailure(.badRequest, .message("One URI at a time, without commas: '\(uri)'"))
    }
    try files.check(uri)
    let place = files.defaultFileSystem.qualified(uri)
    try await directory.add(target.resource(place), to: reference)
    return Response(status: .ok)
  }

  private func upload(
    _ target: AdditionTarget, _ request: Request, _ context: Context
  ) async throws -> Response {
    let reference = try context.session()
    guard request.contentCoding == .identity else {
      throw RESTFailure(
        .unsupportedMediaType,
        .string("Compressed uploads are not accepted; send the file as it is"))
    }
    var form = try UploadForm(request.headers[.contentType], part: target.part, limits: limits)
    if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
      try form.expect(length)
    }
    do {
      for try await chunk in request.body {
        try await form.receive(chunk.readableBytesView) { name in
          try await directory.upload(named: name, to: reference)
        }
      }
      let file = try form.finish()
      try await directory.add(target.resource(file.path), to: reference)
    } catch {
      form.file?.remove()
      throw error
    }
    return Response(status: .ok)
  }
}

/// What can be brought to a session, by the word in its routes.
private enum AdditionTarget: String, CaseIterable, Sendable {
  case jar
  case file
  case pythonFile = "pyfile"

  /// The form's part in which an upload comes.
  var part: String {
    switch self {
    case .jar: "jar"
    case .file, .pythonFile: "file"
    }
  }

  func resource(_ uri: String) -> AddedResource {
    switch self {
    case .jar: .jar(uri)
    case .file: .file(uri)
    case .pythonFile: .pythonFile(uri)
    }
  }
}
