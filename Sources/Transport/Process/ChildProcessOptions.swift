// SPDX-License-Identifier: Apache-2.0

/// What to start, and what it gets.
package struct ChildProcessOptions: Sendable {
  package enum Environment: Sendable {
    /// A copy of ours.
    case inherit
    case exactly([String: String])
  }

  /// One descriptor of the child.
  package enum Descriptor: Sendable {
    /// Nothing to read, and what is written is gone. Above 2 the descriptor is not there at all.
    case null
    /// One of our own descriptors.
    case inherit(Int32)
    /// Written to a file, which is made with mode 0600 where it does not exist.
    case file(String, FileStart)
    /// Becomes a `ByteStream` of ours, see `ChildProcess.pipe`. In the child it is a socket, so
    /// reopening it by its path (`/dev/stdout`) does not work there.
    case pipe(PipeDirection)
  }

  package enum FileStart: Sendable {
    case append
    case truncate
  }

  package enum PipeDirection: Sendable {
    /// We write, the child reads.
    case toChild
    /// The child writes, we read.
    case fromChild
  }

  package enum Session: Sendable {
    /// The child stays in our session and process group; a terminal's Ctrl-C reaches it too.
    case ours
    /// A session and process group of its own, which can be signalled as a whole.
    case own
  }

  package enum Lifetime: Sendable {
    /// Killed when the loop stops (its whole group, where it has its own).
    case endsWithLoop
    /// Left alone when the loop stops or we end.
    case mayOutliveUs
  }

  /// A path, or a name that is looked up in the child's `PATH`.
  package var executable: String
  /// Without the program's name.
  package var arguments: [String]
  package var environment = Environment.inherit
  /// Ours where nil.
  package var workingDirectory: String?
  /// By descriptor number, beginning with 0. Those of 0 to 2 that are missing are `null`.
  package var descriptors: [Descriptor] = []
  package var session = Session.ours
  package var lifetime = Lifetime.endsWithLoop

  package init(executable: String, arguments: [String] = []) {
    self.executable = executable
    self.arguments = arguments
  }
}
