// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation

/// What becomes of an image in a result.
enum ImageChoice: String, CaseIterable, ExpressibleByArgument {
  /// In a file.
  case save
  /// In the terminal, where it can.
  case show
  /// As `show`, where the terminal is known to be able to, else `save`.
  case auto
}

/// How a terminal is asked to show an image.
enum ImageProtocol: Equatable {
  /// <https://sw.kovidgoyal.net/kitty/graphics-protocol/>
  case kitty
  /// <https://iterm2.com/documentation-images.html>
  case iTerm

  /// By what terminals say of themselves. Nil also within tmux and screen, which do not pass images
  /// on.
  init?(environment: [String: String]) {
    let term = environment["TERM"] ?? ""
    let isWithin = environment["TMUX"] != nil || term.hasPrefix("screen") || term.hasPrefix("tmux")
    guard !isWithin else { return nil }
    switch environment["TERM_PROGRAM"] {
    case "iTerm.app", "WezTerm": self = .iTerm
    case "ghostty": self = .kitty
    default:
      guard environment["KITTY_WINDOW_ID"] != nil || term == "xterm-kitty" else { return nil }
      self = .kitty
    }
  }

  /// An escape sequence that shows a PNG. Made of its bytes: nothing of what a server sent stands in
  /// it as it was.
  func sequence(png: [UInt8]) -> String {
    let text = Data(png).base64EncodedString()
    switch self {
    case .iTerm:
      return "\u{1B}]1337;File=inline=1;size=\(png.count):\(text)\u{7}"
    case .kitty:
      let pieces = Array(text.utf8).chunks(of: Self.kittyBytesMax)
      return pieces.enumerated().map { index, piece in
        // q=2: the terminal does not answer, which would look like keys.
        let head = index == 0 ? "a=T,f=100,q=2," : "q=2,"
        let more = index == pieces.count - 1 ? 0 : 1
        return "\u{1B}_G\(head)m=\(more);\(String(decoding: piece, as: UTF8.self))\u{1B}\\"
      }.joined()
    }
  }

  /// The protocol's limit of one piece; a multiple of four.
  private static let kittyBytesMax = 4_096
}

extension Array {
  fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}

/// The bytes of an image that a result holds.
enum ImageBytes {
  /// PNG (ISO/IEC 15948) begins so.
  private static let pngMark: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Nil where the text is no base64, or no PNG.
  static func png(base64 text: String) -> [UInt8]? {
    guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters),
      data.starts(with: pngMark)
    else { return nil }
    return Array(data)
  }
}
