// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Completion: asked of the interpreter itself, past the queue.
extension SessionHost {
  /// An interpreter that has not started knows nothing: none is started for this.
  package func complete(_ request: CompletionRequest) async throws(LivyError) -> [String] {
    guard case .serving(let workshop) = phase, completions < plan.limits.completionsMax else {
      return []
    }
    completions += 1
    defer { completions -= 1 }
    guard let interpreter = await workshop.rack.started(request.kind) else { return [] }
    let cursor = String(request.code.before(cursor: request.cursor)).utf16.count
    let candidates = await interpreter.complete(request.code, cursor: cursor)
    return Array(candidates.prefix(plan.limits.candidatesMax))
  }
}
