// SPDX-License-Identifier: Apache-2.0

/// What a key does to the text at the prompt: Emacs' keys, a walk through the history, a search in
/// it. Draws nothing; says what is to be done beyond the text.
struct LineEditor {
  /// What is to be done after a key.
  enum Effect: Equatable {
    /// Draw the text.
    case redraw
    /// The key does nothing here.
    case ignore
    /// A statement was entered.
    case accept(String)
    /// Words that may stand at the place are wanted.
    case complete
    case clearScreen
    /// Ctrl-C: the text is given up.
    case giveUp
    /// Ctrl-D without text.
    case leave
    /// `Ctrl-\`
    case leaveAtOnce
    /// Ctrl-Z
    case suspend
    /// What was typed or pasted is more than the editor takes.
    case refuse
  }

  private(set) var text = EditorText()
  private(set) var search: HistorySearch?
  private var walk: HistoryWalk
  private let language: ShellLanguage
  /// What Ctrl-Y brings back.
  private var killed: String
  /// The key before took text away, and the next one adds to it.
  private var isKilling = false

  /// - Parameters:
  ///   - history: oldest first.
  ///   - killed: what another editor's keys took away.
  init(_ language: ShellLanguage, history: [String], killed: String = "") {
    self.language = language
    self.killed = killed
    walk = HistoryWalk(history)
  }

  var yankable: String { killed }

  /// What is shown: the text, or what the search has found.
  var shown: EditorText { search?.found ?? text }

  /// - Parameter isTyped: false for one of many keys that came at once: then a line is not indented,
  ///   since what was pasted brings its own blanks.
  mutating func press(_ key: Key, isTyped: Bool = true) -> Effect {
    if search != nil { return pressInSearch(key, isTyped: isTyped) }
    let wasKilling = isKilling
    isKilling = false
    switch key {
    case .text(let typed): return insert(typed)
    case .paste(let pasted, let isCut): return isCut ? .refuse : insert(pasted)
    case .enter: return enter(isTyped: isTyped)
    case .altEnter: return insert("\n")
    case .tab: return text.isAtIndentation && !text.isEmpty ? insert("    ") : .complete
    case .backspace: return erase(to: text.previous)
    case .delete: return erase(to: text.next)
    case .altBackspace: return kill(to: text.wordStart, behind: wasKilling)
    case .left: return move(to: text.previous)
    case .right: return move(to: text.next)
    case .wordLeft: return move(to: text.wordStart)
    case .wordRight: return move(to: text.wordEnd)
    case .home: return move(to: text.lineStart)
    case .end: return move(to: text.lineEnd)
    case .up: return up()
    case .down: return down()
    case .control(let letter): return press(control: letter, behindKill: wasKilling)
    case .alt(let letter): return press(alt: letter, behindKill: wasKilling)
    }
  }

  private mutating func press(control letter: Character, behindKill: Bool) -> Effect {
    switch letter {
    case "a": return move(to: text.lineStart)
    case "e": return move(to: text.lineEnd)
    case "b": return move(to: text.previous)
    case "f": return move(to: text.next)
    case "p": return up()
    case "n": return down()
    case "k":
      let end = text.lineEnd
      return kill(to: end == text.cursor ? text.next : end, behind: behindKill)
    case "u": return kill(to: text.lineStart, behind: behindKill)
    case "w": return kill(to: text.blankStart, behind: behindKill)
    case "y": return insert(killed)
    case "l": return .clearScreen
    case "r":
      search = HistorySearch(walk.entries, draft: text)
      return .redraw
    case "c": return .giveUp
    case "d": return text.isEmpty ? .leave : erase(to: text.next)
    case "z": return .suspend
    case "\\": return .leaveAtOnce
    default: return .ignore
    }
  }

  private mutating func press(alt letter: Character, behindKill: Bool) -> Effect {
    switch letter {
    case "b": return move(to: text.wordStart)
    case "f": return move(to: text.wordEnd)
    case "d": return kill(to: text.wordEnd, behind: behindKill)
    case "<": return move(to: 0)
    case ">": return move(to: text.end)
    default: return .ignore
    }
  }

  // MARK: In the text

  private mutating func insert(_ piece: String) -> Effect {
    text.insert(piece) ? .redraw : .refuse
  }

  private mutating func enter(isTyped: Bool) -> Effect {
    guard language.isComplete(text.text) else {
      return insert("\n" + (isTyped ? language.indentation(behind: text.before) : ""))
    }
    text.move(to: text.end)
    return .accept(text.text)
  }

  private mutating func move(to place: Int) -> Effect {
    guard place != text.cursor else { return .ignore }
    text.move(to: place)
    return .redraw
  }

  private mutating func erase(to place: Int) -> Effect {
    text.remove(to: place).isEmpty ? .ignore : .redraw
  }

  private mutating func kill(to place: Int, behind wasKilling: Bool) -> Effect {
    let isForward = place > text.cursor
    let removed = text.remove(to: place)
    isKilling = true
    guard !removed.isEmpty else { return .ignore }
    if wasKilling {
      killed = isForward ? killed + removed : removed + killed
    } else {
      killed = removed
    }
    return .redraw
  }

  /// Puts a word in the place of the characters before the cursor.
  mutating func replace(before count: Int, with word: String) -> Effect {
    _ = text.remove(to: max(text.cursor - count, 0))
    return insert(word)
  }

  /// The whole text is another one: of the history, or one that needs more lines.
  mutating func write(_ other: String) {
    text = EditorText(other)
  }

  // MARK: In the history

  private mutating func up() -> Effect {
    if let above = text.above { return move(to: above) }
    guard let entry = walk.older(than: text.text) else { return .ignore }
    text = EditorText(entry)
    return .redraw
  }

  private mutating func down() -> Effect {
    if let below = text.below { return move(to: below) }
    guard let entry = walk.newer() else { return .ignore }
    text = EditorText(entry)
    return .redraw
  }

  private mutating func pressInSearch(_ key: Key, isTyped: Bool) -> Effect {
    guard var search else { return .ignore }
    switch key {
    case .text(let typed), .paste(let typed, isCut: false): search.type(typed)
    case .backspace: search.erase()
    case .control("r"): search.older()
    case .control("s"): search.newer()
    case .control("g"), .control("c"):
      text = search.draft
      self.search = nil
      return .redraw
    default:
      // Every other key is for what was found.
      text = search.found
      self.search = nil
      let effect = press(key, isTyped: isTyped)
      return effect == .ignore ? .redraw : effect
    }
    self.search = search
    return .redraw
  }
}
