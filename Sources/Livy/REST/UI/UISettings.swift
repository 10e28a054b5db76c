// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// `livy.ui.*`
package struct UISettings: Equatable, Sendable {
  package enum Presence: Equatable, Sendable {
    case served, absent
  }

  /// `livy.ui.enabled`
  package var presence: Presence = .served
  /// `livy.ui.basePath`: what a proxy in front has before all paths; it stands in links and
  /// redirects, and in no route.
  package var basePath = UIBasePath()

  package init() {}
}

/// A path of which pages and headers can be made without a further look.
package struct UIBasePath: Equatable, Sendable {
  /// Empty, or with a slash before and none behind.
  package let text: String

  package init() {
    text = ""
  }

  /// Throws `.configuration` for anything but segments of letters, digits and `-._~`.
  package init(_ path: String) throws(LivyError) {
    let segments = path.split(separator: "/")
    let isClean = segments.allSatisfy { segment in
      segment != "." && segment != ".."
        && segment.allSatisfy {
          $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0))
        }
    }
    guard isClean, path.isEmpty || path.hasPrefix("/") else {
      throw LivyError(
        .configuration, "\"\(path)\" is no base path; write one such as /livy, or nothing")
    }
    text = segments.map { "/\($0)" }.joined()
  }
}
