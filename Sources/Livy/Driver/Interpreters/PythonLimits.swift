// SPDX-License-Identifier: Apache-2.0

/// Every limit between the driver and its Python child.
package struct PythonLimits: Equatable, Sendable {
  /// Bytes of one statement's output (`livy.rsc.output.max-bytes`): the forms of its result, which
  /// the runner holds to this, then what was printed, as far as there is room. What comes after is
  /// dropped, and the output says so.
  package var outputBytesMax = 32 << 20
  /// One reply; `python_jobs.py` cuts results at 32 MiB, the runner all else far below.
  package var replyBytesMax: Int { max(outputBytesMax, 32 << 20) + (8 << 20) }
  /// Newest printed bytes that are kept to explain the child's end.
  package var tailBytesMax = 4 << 10
  package var tailLinesMax = 20
  /// After the child's end: time for its last words to arrive, should something hold its pipe open.
  package var lastWordsTimeout: Duration = .milliseconds(500)
  /// Code before a place that is completed: the last so many characters are looked at.
  package var completedCharactersMax = 16 << 10
  /// Places that the child has not answered, as when C code holds it up; one more gets no candidates.
  package var unansweredPlacesMax = 16
  /// A place is completed in so long, or has no candidates.
  package var completionTimeout: Duration = .seconds(2)

  package init() {}
}
