// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The interpreters that this driver has, by kind.
package struct InterpreterSet: Sendable {
  private let settings: DriverSettings
  private let python: @Sendable (SparkApplication) -> any Interpreter

  /// - Parameter python: makes the Python interpreter; what it needs of the process's surroundings
  ///   is known where the program starts.
  package init(
    settings: DriverSettings, python: @escaping @Sendable (SparkApplication) -> any Interpreter
  ) {
    self.settings = settings
    self.python = python
  }

  /// `nil` for kinds that this driver cannot run.
  @Sendable package func make(
    _ kind: StatementKind, _ application: SparkApplication
  ) -> (any Interpreter)? {
    switch kind {
    case .sql:
      SQLInterpreter(
        application, rowsMax: settings.sqlRowsMax, outputBytesMax: settings.outputBytesMax)
    case .pyspark: python(application)
    case .spark: ScalaInterpreter(application)
    case .sparkr: nil
    }
  }
}
