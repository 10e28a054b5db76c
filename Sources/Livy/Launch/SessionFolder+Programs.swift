// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Which files each kind of program has in its folder.
extension SessionFolder {
  /// Writes all that spark-submit and the program read.
  func write(
    properties: JavaProperties, for program: LaunchOrder.Program
  ) throws(LivyError) {
    switch program {
    case .session(_, _, let launchFile):
      try write(properties: properties, launchFile: launchFile)
    case .batch:
      // What a batch runs stands where its request says.
      try write(properties: properties)
    }
  }
}

extension SessionFiles {
  /// A batch's errors go where its output goes, so that its lines stay in the order in which they
  /// were written.
  func errorFile(of program: LaunchOrder.Program) -> String {
    switch program {
    case .session: standardError
    case .batch: standardOutput
    }
  }
}
