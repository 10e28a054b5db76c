// SPDX-License-Identifier: Apache-2.0

/// Every key that Apache Livy knows, by the part of it that reads it: facts to hold the table to,
/// which is why they are not made of it.
enum LivyKeys {
  static let all = server + thrift + driver.map { "livy.rsc." + $0 } + client

  static let server = """
    livy.server.spark-home livy.spark.master livy.spark.deploy-mode livy.spark.scala-version
    livy.spark.version livy.session.staging-dir livy.file.upload.max.size
    livy.file.local-dir-whitelist livy.repl.enable-hive-context livy.environment livy.server.host
    livy.server.port livy.ui.basePath livy.ui.enabled livy.server.request-header.size
    livy.server.response-header.size livy.server.csrf-protection.enabled
    livy.impersonation.enabled livy.superusers livy.server.access-control.enabled
    livy.server.access-control.allowed-users livy.server.access-control.modify-users
    livy.server.access-control.view-users livy.keystore livy.keystore.password livy.key-password
    livy.hadoop.security.credential.provider.path livy.server.auth.type livy.server.auth.ldap.url
    livy.server.auth.ldap.base-dn livy.server.auth.ldap.username-domain
    livy.server.auth.ldap.enable-start-tls livy.server.auth.ldap.security-authentication
    livy.server.auth.kerberos.principal livy.server.auth.kerberos.keytab
    livy.server.auth.kerberos.name-rules livy.server.auth.custom.class
    livy.server.auth.custom.param.foo livy.server.heartbeat-watchdog.interval
    livy.server.launch.kerberos.principal livy.server.launch.kerberos.keytab
    livy.server.launch.kerberos.refresh-interval livy.server.launch.kerberos.kinit-fail-threshold
    livy.server.recovery.mode livy.server.ha.mode livy.server.zookeeper.url
    livy.server.recovery.state-store livy.server.recovery.state-store.url
    livy.server.recovery.zk-state-store.retry-policy livy.server.zk.retry-policy
    livy.server.recovery.zk-state-store.key-prefix livy.server.zk.services livy.cache-log.size
    livy.server.yarn.app-lookup-timeout livy.server.yarn.poll-interval
    livy.server.request-log-retain.days livy.repl.jars livy.rsc.jars
    livy.server.yarn.app-leakage.check-timeout livy.server.yarn.app-leakage.check-interval
    livy.server.session.timeout-check livy.server.session.timeout-check.skip-busy
    livy.server.session.timeout livy.server.session.ttl-check livy.server.session.ttl
    livy.server.session.state-retain.sec livy.server.session.max-creation
    livy.server.session.allow-custom-classpath livy.spark.file-list-configs
    livy.server.security-headers.enabled livy.server.send-server-version
    livy.server.http.header.X-Frame-Options livy.pyspark.archives livy.sparkr.package
    livy.server.kubernetes.app-lookup-timeout livy.server.kubernetes.app-leakage.check-timeout
    livy.server.kubernetes.app-leakage.check-interval livy.server.kubernetes.poll-interval
    livy.server.kubernetes.allowedNamespaces livy.server.kubernetes.oauthTokenFile
    livy.server.kubernetes.oauthTokenValue livy.server.kubernetes.caCertFile
    livy.server.kubernetes.clientKeyFile livy.server.kubernetes.clientCertFile
    livy.server.kubernetes.defaultNamespace livy.server.kubernetes.ingress.host
    livy.spark.deployMode livy.spark.scalaVersion livy.repl.enableHiveContext
    livy.server.csrf_protection.enabled livy.server.access_control.enabled
    livy.server.auth.kerberos.name_rules livy.server.launch.kerberos.refresh_interval
    livy.server.launch.kerberos.kinit_fail_threshold livy.server.yarn.app-leakage.check_timeout
    livy.server.yarn.app-leakage.check_interval livy.server.access_control.users
    """.words

  static let thrift = """
    enabled incrementalCollect session.creationTimeout resultset.default.fetch.size transport.mode
    port long.polling.timeout limit.connections.per.user limit.connections.per.ipaddress
    limit.connections.per.user.ipaddress session.check.interval close.session.on.disconnect
    idle.session.timeout idle.operation.timeout idle.session.check.operation
    logging.operation.enabled operation.log.max.size async.exec.threads
    async.exec.shutdown.timeout async.exec.wait.queue.size async.exec.keepalive.time bind.host
    worker.keepalive.time min.worker.threads max.worker.threads resultset.max.fetch.size
    allow.user.substitution authentication enable.doAs ssl.protocol.blacklist use.SSL
    max.message.size login.timeout exponential.backoff.slot.length http.request.header.size
    http.response.header.size http.max.idle.time xsrf.filter.enabled http.path
    http.compression.enabled http.cookie.auth.enabled http.cookie.max.age http.cookie.domain
    http.cookie.path http.cookie.is.httponly custom.authentication.class sasl.qop
    delegation.key.update-interval delegation.token.gc-interval delegation.token.max-lifetime
    delegation.token.renew-interval ldap.authentication.userfilter
    """.words.map { "livy.server.thrift." + $0 }

  /// After `livy.rsc.`.
  static let driver = """
    client.auth.id client.auth.secret client.do-not-use.run-driver-in-process
    client.shutdown-timeout driver-class session.kind session.interpreter.threadPool.size jars
    sparkr.package pyspark.archives launcher.address launcher.port.range launcher.port
    server.idle-timeout proxy-user rpc.server.address server.connect.timeout
    client.connect.timeout channel.log.level rpc.max.size rpc.threads secret.bits
    rpc.sasl.mechanisms rpc.sasl.qop test.do-not-use.stuck-end-session
    test.do-not-use.stuck-start-driver job-cancel.trigger-interval job-cancel.timeout
    retained-statements retained.share-variables sql.num-rows
    client.do_not_use.run_driver_in_process client.shutdown_timeout driver_class
    server.idle_timeout proxy_user test.do_not_use.stuck_end_session
    test.do_not_use.stuck_start_driver job_cancel.trigger_interval job_cancel.timeout
    retained_statements
    """.words

  static let client = """
    connection.timeout connection.idle.timeout connection.socket.timeout job.initial-poll-interval
    job.max-poll-interval content.compress.enable spnego.enable auth.login.config krb5.debug
    krb5.conf job.initial_poll_interval job.max_poll_interval
    """.words.map { "livy.client.http." + $0 }
}

extension String {
  fileprivate var words: [String] { split { $0.isWhitespace }.map(String.init) }
}
