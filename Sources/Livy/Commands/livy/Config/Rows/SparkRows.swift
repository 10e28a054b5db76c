// SPDX-License-Identifier: Apache-2.0

/// What a session is made of.
enum SparkRows {
  static let rows: [SettingRow] =
    [
      .refused(
        "livy.spark.deploy-mode", nil, .allBut(["client"]),
        "this version starts drivers on its own machine only"),
      .ignored(
        "livy.server.session.allow-custom-classpath", "false",
        "requests may never set those keys"),
      .ignored(
        "livy.session.staging-dir", nil,
        "files of a session stay in this server's state folder, LIVY_STATE_DIR"),
    ]
    + SettingRow.ignored(
      "is found out from the Spark that a session uses",
      [("livy.spark.version", nil), ("livy.spark.scala-version", nil)])
    + SettingRow.ignored(
      "sessions need no jars of Livy's: the driver is one file, livy.server.driver",
      [("livy.repl.jars", nil), ("livy.rsc.jars", nil)])
    + SettingRow.ignored(
      "is taken from the folder of Spark",
      [
        ("livy.pyspark.archives", nil), ("livy.sparkr.package", nil),
        ("livy.rsc.pyspark.archives", nil), ("livy.rsc.sparkr.package", nil),
      ])
}
