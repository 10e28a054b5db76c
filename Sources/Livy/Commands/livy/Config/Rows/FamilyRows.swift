// SPDX-License-Identifier: Apache-2.0

/// Settings of ours whose names an operator completes.
enum FamilyRows {
  static let rows = [
    SettingRow(
      name: .family(SparkHomeSettings.start), fate: .honoured,
      help: "folder of a further Spark, which sessions and batches choose by the rest of the key, "
        + "with conf livy.spark.home; in the files only")
  ]
}
