// SPDX-License-Identifier: Apache-2.0

/// A line that is for the shell and not for the session.
enum ShellWord: Equatable {
  /// Another language; nil asks for the present one.
  case kind(String?)
  case load(String)
  case sessions
  case help
  case quit

  static let names = ["%exit", "%help", "%kind", "%load", "%quit", "%sessions"]

  /// Nil for code, and for the magics of the interpreters.
  init?(_ text: String) {
    let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
    let rest = words.dropFirst().first.map { String($0.trimming(\.isWhitespace)) }
    switch words.first {
    case "%kind": self = .kind(rest)
    case "%load": self = .load(rest ?? "")
    case "%sessions": self = .sessions
    case "%help": self = .help
    case "%quit", "%exit": self = .quit
    default: return nil
    }
  }

  static let helpText = """
    %kind python|scala|sql|r   write in another language
    %load FILE                 run the code of a file
    %sessions                  the server's sessions
    %help                      this
    %quit                      leave, as Ctrl-D does

    Enter sends a statement that is complete, else asks for one more line; a block of Python ends with
    an empty line, SQL with ; or an empty line. Alt-Enter always makes a new line.
    Tab completes. Up and Down walk through the history, Ctrl-R searches it.
    Ctrl-C cancels the statement that runs; at the prompt it clears the text. Ctrl-\\ leaves at once.
    """
}

extension Substring {
  fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
    var rest = drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }
}
