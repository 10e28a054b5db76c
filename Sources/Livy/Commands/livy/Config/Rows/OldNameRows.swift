// SPDX-License-Identifier: Apache-2.0

/// Names that Livy gave up in its version 0.4, and still reads.
enum OldNameRows {
  static let rows = [
    ("livy.spark.deployMode", "livy.spark.deploy-mode"),
    ("livy.spark.scalaVersion", "livy.spark.scala-version"),
    ("livy.repl.enableHiveContext", "livy.repl.enable-hive-context"),
    ("livy.server.csrf_protection.enabled", "livy.server.csrf-protection.enabled"),
    ("livy.server.access_control.enabled", "livy.server.access-control.enabled"),
    ("livy.server.auth.kerberos.name_rules", "livy.server.auth.kerberos.name-rules"),
    (
      "livy.server.launch.kerberos.refresh_interval",
      "livy.server.launch.kerberos.refresh-interval"
    ),
    (
      "livy.server.launch.kerberos.kinit_fail_threshold",
      "livy.server.launch.kerberos.kinit-fail-threshold"
    ),
    ("livy.server.yarn.app-leakage.check_timeout", "livy.server.yarn.app-leakage.check-timeout"),
    ("livy.server.yarn.app-leakage.check_interval", "livy.server.yarn.app-leakage.check-interval"),
    (
      "livy.rsc.client.do_not_use.run_driver_in_process",
      "livy.rsc.client.do-not-use.run-driver-in-process"
    ),
    ("livy.rsc.client.shutdown_timeout", "livy.rsc.client.shutdown-timeout"),
    ("livy.rsc.driver_class", "livy.rsc.driver-class"),
    ("livy.rsc.server.idle_timeout", "livy.rsc.server.idle-timeout"),
    ("livy.rsc.proxy_user", "livy.rsc.proxy-user"),
    ("livy.rsc.test.do_not_use.stuck_end_session", "livy.rsc.test.do-not-use.stuck-end-session"),
    (
      "livy.rsc.test.do_not_use.stuck_start_driver",
      "livy.rsc.test.do-not-use.stuck-start-driver"
    ),
    ("livy.rsc.job_cancel.trigger_interval", "livy.rsc.job-cancel.trigger-interval"),
    ("livy.rsc.job_cancel.timeout", "livy.rsc.job-cancel.timeout"),
    ("livy.rsc.retained_statements", "livy.rsc.retained-statements"),
    ("livy.client.http.job.initial_poll_interval", "livy.client.http.job.initial-poll-interval"),
    ("livy.client.http.job.max_poll_interval", "livy.client.http.job.max-poll-interval"),
  ].map { SettingRow.mapped($0.0, to: $0.1) }
}
