// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The interpreters that this driver has, by kind.
package struct InterpreterSet: Sendable {
  private let settings: DriverSettings
  private let python: Maker
  private let sparkR: Maker

  package typealias Maker = @Sendable (SparkApplication) -> any Interpreter

  /// `python` and `sparkR` make the interpreters in processes of their own; what these need of the
  /// surroundings is known where the program starts.
  package init(settings: DriverSettings, python: @escaping Maker, sparkR: @escaping Maker) {
    self.settings = settings
    self.python = python
    self.sparkR = sparkR
  }

  @Sendable package func make(
    _ kind: StatementKind, _ application: SparkApplication
  ) -> (any Interpreter)? {
    switch kind {
    case .sql:
      SQLInterpreter(
        application, rowsMax: settings.sqlRowsMax, outputBytesMax: settings.outputBytesMax)
    case .pyspark: python(application)
    case .spark: ScalaInterpreter(application, limits: scala)
    case .sparkr: sparkR(application)
    }
  }

  /// A UTF-16 unit takes at most three bytes.
  private var scala: ScalaLimits {
    var limits = ScalaLimits()
    limits.outputUnitsMax = min(limits.outputUnitsMax, Int(settings.outputBytesMax) / 3)
    return limits
  }
}
