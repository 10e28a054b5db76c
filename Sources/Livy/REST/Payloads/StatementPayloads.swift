// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore

extension LivyAPI.Statement {
  /// What Livy shows of a statement.
  init(_ statement: LivyCore.Statement) {
    let id = Int(clamping: statement.id.number)
    self.init(id: id, code: statement.code, state: State(rawValue: statement.state.rawValue))
    output = statement.output.map { LivyAPI.StatementOutput($0, executionCount: id) }
    progress = statement.progress
    started = statement.startedMilliseconds
    completed = statement.completedMilliseconds
  }
}

extension LivyAPI.StatementOutput {
  init(_ output: LivyCore.StatementOutput, executionCount: Int) {
    switch output {
    case .success(let parts):
      self = .ok(executionCount: executionCount, MIMEBundle(parts: parts.map(MIMEBundle.Part.init)))
    case .failure(let failure):
      let error = StatementError(
        name: failure.name, value: failure.value, traceback: failure.traceback)
      self = .error(executionCount: executionCount, error)
    }
  }
}

extension MIMEBundle.Part {
  /// A driver's JSON is its word alone: what does not read as JSON goes out as a text, and cannot
  /// break the answer around it.
  init(_ part: OutputPart) {
    switch part.content {
    case .text(let text):
      self.init(type: part.mimeType, content: .text(text))
    case .json(let text):
      guard let document = try? JSONText(checking: text) else {
        self.init(type: part.mimeType, content: .text(text))
        return
      }
      self.init(type: part.mimeType, content: .json(document))
    }
  }
}
