// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// What was done to a body on its way.
enum ContentCoding: Equatable {
  case identity
  case gzip
  case deflate

  /// Reads `Content-Encoding`. A word that is none of HTTP's is ignored, as Livy does: Livy's own
  /// Java client sends `UTF-8`.
  init(contentEncoding: String?) {
    switch contentEncoding?.lowercased().filter({ $0 != " " }) {
    case "gzip"?, "x-gzip"?: self = .gzip
    case "deflate"?: self = .deflate
    default: self = .identity
    }
  }

  /// Whether an `Accept-Encoding` wants gzip: named, or meant by `*`, and not with `q=0`
  /// (RFC 9110, 12.5.3).
  static func acceptsGzip(_ acceptEncoding: String?) -> Bool {
    guard let acceptEncoding else { return false }
    var anything = false
    for entry in acceptEncoding.lowercased().split(separator: ",") {
      let parts = entry.split(separator: ";").map { $0.filter { $0 != " " } }
      guard let name = parts.first else { continue }
      let isWanted = !parts.dropFirst().contains { parameter in
        parameter.hasPrefix("q=") && Double(parameter.dropFirst(2)) == 0
      }
      if name == "gzip" || name == "x-gzip" { return isWanted }
      if name == "*" { anything = isWanted }
    }
    return anything
  }
}

extension Request {
  var contentCoding: ContentCoding {
    ContentCoding(contentEncoding: headers[.contentEncoding])
  }
}
