// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// The pages for people, with the links of this server in them. They hold no facts: a script reads
/// those from the API, with what the reader may see.
struct UIPages: Sendable {
  enum Page: CaseIterable {
    case sessions, session, log, metrics

    fileprivate var template: [UInt8] {
      switch self {
      case .sessions: PackageResources.sessions_html
      case .session: PackageResources.session_html
      case .log: PackageResources.log_html
      case .metrics: PackageResources.metrics_html
      }
    }
  }

  /// What the pages are made with, by the name of the file.
  enum File: String, CaseIterable {
    case style = "ui.css"
    case script = "ui.js"

    fileprivate var content: [UInt8] {
      switch self {
      case .style: PackageResources.ui_css
      case .script: PackageResources.ui_js
      }
    }

    fileprivate var type: String {
      switch self {
      case .style: "text/css;charset=utf-8"
      case .script: "text/javascript;charset=utf-8"
      }
    }
  }

  /// Scripts, styles and data from this server's own files alone; nothing that stands in a page.
  static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

  let basePath: UIBasePath

  func response(_ page: Page) -> Response {
    let text = String(decoding: page.template, as: UTF8.self)
      .split(separator: "{{base}}", omittingEmptySubsequences: false)
      .joined(separator: basePath.text)
    return Self.response(ByteBuffer(string: text), type: "text/html;charset=utf-8")
  }

  static func response(_ file: File) -> Response {
    response(ByteBuffer(bytes: file.content), type: file.type)
  }

  private static func response(_ body: ByteBuffer, type: String) -> Response {
    // Another version of the server has other files.
    let headers: HTTPFields = [
      .contentType: type, .contentSecurityPolicy: policy, .cacheControl: "no-cache",
    ]
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
  }
}
