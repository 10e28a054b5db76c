// SPDX-License-Identifier: Apache-2.0

import LivyAPI
import LivyCore
import Testing

@testable import LivyREST

@Suite("Rules of requests")
struct RuleTests {
  static let rules = FileURIRules(localFolders: ["/data/shared", "/opt/jars/"])

  @Test(
    "Files that may be used",
    arguments: [
      "hdfs:///a.jar", "s3a://bucket/a", "http://h/a", "HTTP://h/a", "/data/shared/a.py",
      "file:///data/shared/x/../a.py", "file:/opt/jars/a.jar", "file://localhost/opt/jars/a.jar",
      "/data/shared/z.zip#env", "hdfs:///a,hdfs:///b", "/data/shared/%41", "http://[::1]:80/a",
      "hdfs:///d\u{E9}j\u{E0}/\u{6570}.jar", "s3a://b/a..b/c", "maven:a?x=1",
    ])
  func allowed(uri: String) throws {
    try Self.rules.check(uri)
  }

  @Test(
    "Files that may not be used",
    arguments: [
      "/etc/passwd", "file:///etc/passwd", "FILE:///etc/passwd", "/data/shared/../../etc/passwd",
      "/data/sharedx/a", "/data/shared", "/data/shared/", "/data/shared/%2e%2e/%2e%2e/etc/passwd",
      "file:///data/shared/%2e%2e/x", "hdfs:///a,/etc/passwd", "a.jar", "../a", "file:a",
      "file:..//data/shared/a", "", "hdfs:///a,", "/data/shared/a b", "/data/shared/\u{0}",
      "\\\\host\\share", "/data/shared/%zz", "1http://h/a", ":///etc/passwd", "file://host",
      "/data/shared/a\n", "//data/shared/a", "//home/data/shared/a",
      "hdfs:/{/../../../../etc/passwd", "hdfs:/%zz/../../etc/passwd", "hdfs:///a#b#/../../../c",
      "hdfs:///a/../../b", "hdfs:///a|b", "local:/a\u{0600},/etc/passwd",
      "local:/a,\u{0301}/../../../../etc/passwd", "/data/shared/../\u{0301}/../../etc/passwd",
      "/data/shared/x?/../../../etc/passwd", "/data/shared/x#/../../../etc/passwd",
      "file:///data/shared/x?/../../../etc/passwd", "hdfs:///a\u{A0}b", "hdfs:///a[b]",
      "s3a:///a\"b", "hdfs:///a%2", "hdfs:///a%",
    ])
  func refused(uri: String) {
    let error = #expect(throws: LivyError.self) { try Self.rules.check(uri) }
    #expect(error?.code == .invalidRequest)
  }

  @Test("Without folders no local file may be used")
  func noFolders() {
    #expect(throws: LivyError.self) { try FileURIRules().check("/data/shared/a") }
  }

  @Test(
    "On another default file system a path without a scheme is a path there",
    arguments: ["/etc/passwd", "/apps/a..jar", "/a.jar,hdfs:///b", "/a.zip#env"])
  func defaultFileSystem(uri: String) throws {
    try Self.remote.check(uri)
  }

  @Test(
    "It opens no file of this machine",
    arguments: [
      "file:///etc/passwd", "/a,file:/etc/passwd", "/{/../../../etc/passwd", "/a/../../b",
      "/\u{0301}/../../a", "/a,\u{0301}/b", "//etc/passwd", "etc/passwd", "file:a", "",
      "/a b",
    ])
  func defaultFileSystemAndLocalFiles(uri: String) {
    #expect(throws: LivyError.self) { try Self.remote.check(uri) }
  }

  private static let remote = FileURIRules(
    defaultFileSystem: DefaultFileSystem("hdfs://namenode:8020") ?? .local)

  @Test(
    "Every field that names files is looked at, and every key of the conf that does",
    arguments: ["jars", "files", "archives", "pyFiles"] + SparkFiles.confKeys)
  func everyField(name: String) throws {
    let isField = ["jars", "files", "archives", "pyFiles"].contains(name)
    func body(_ uri: String) throws -> CreateSession {
      let text =
        isField
        ? #"{"\#(name)":["hdfs:///a","\#(uri)"]}"# : #"{"conf":{"\#(name)":"hdfs:///a,\#(uri)"}}"#
      return try CreateSession(json: Array(text.utf8), limits: .requests)
    }
    let rules = SessionRequestRules()
    _ = try rules.request(from: body("s3a://b/c"), kind: .shared)
    let error = #expect(throws: LivyError.self) {
      try rules.request(from: body("/etc/passwd"), kind: .shared)
    }
    #expect(error?.code == .invalidRequest)
  }

  @Test(
    "Keys by which a user would leave the operator's place are refused, as are those of the list",
    arguments: [
      "spark.submit.deployMode", "spark.submit.proxyUser.allowCustomClasspathInClusterMode",
      " spark.submit.deployMode", "spark.of.the.list",
    ])
  func refusedKeys(key: String) throws {
    var rules = SessionRequestRules()
    rules.blacklist = ["spark.of.the.list"]
    try rules.checkConf(["spark.submit.other": "x"])
    let error = #expect(throws: LivyError.self) { try rules.checkConf([key: "client"]) }
    #expect(
      error?.message.hasPrefix("Blacklisted configuration values in session config: ") == true)
  }

  @Test("A session shows its files as the request had them, not as Spark will be told")
  func asRequested() throws {
    var rules = SessionRequestRules()
    rules.files = Self.remote
    let body = try CreateSession(
      json: Array(#"{"jars":["/a.jar"],"conf":{"spark.files":"/b"}}"#.utf8), limits: .requests)
    let request = try rules.request(from: body, kind: .shared)
    #expect(request.files.jars == ["/a.jar"])
    #expect(request.conf == ["spark.files": "/b"])
  }

  @Test("The root as a folder allows all of it")
  func rootFolder() throws {
    try FileURIRules(localFolders: ["/"]).check("/etc/hosts")
  }

  @Test(
    "Times are read as Livy reads them",
    arguments: [
      ("90", Duration.milliseconds(90)), ("90ms", .milliseconds(90)), ("90s", .seconds(90)),
      ("2m", .seconds(120)), ("2min", .seconds(120)), ("1h", .seconds(3600)),
      ("1D", .seconds(86_400)), (" 5 S ", .seconds(5)), ("1500us", .milliseconds(1)),
      ("0", .zero),
    ])
  func times(text: String, duration: Duration) throws {
    #expect(try TimeString.parse(text) == duration)
  }

  @Test(
    "Times that are none are refused in Livy's words",
    arguments: [
      ("soon", "Invalid time string: soon"), ("", "Invalid time string: "),
      ("3w", "Invalid suffix: \"w\""), ("-1", "Invalid value: -1"),
      ("1.5h", "Invalid time string: 1.5h"),
      ("9223372036854775807d", "Invalid time string: 9223372036854775807d"),
      ("99999999999999999999", "Invalid time string: 99999999999999999999"),
    ])
  func badTimes(text: String, message: String) {
    let error = #expect(throws: LivyError.self) { try TimeString.parse(text) }
    #expect(error?.message == message)
  }

  @Test("A blank around a refused key does not hide it")
  func blanksInKeys() {
    var body = CreateSession()
    body.conf = [" spark.submit.deployMode": "cluster"]
    #expect(throws: LivyError.self) {
      try SessionRequestRules().request(from: body, kind: .shared)
    }
  }

  @Test(
    "Windows on lists do not overflow",
    arguments: [
      (0, 100, 0, 100), (-5, 10, 0, 5), (-5, 3, 0, 0), (2, -1, 2, 0),
      (Int.max, 1, Int.max, Int.max),
    ])
  func windows(from: Int, size: Int, start: Int, count: Int) {
    let window = Paging(from: from, size: size).window
    #expect(window.start == start)
    #expect(window.count == count)
  }
}

@Suite("Rules of browsers")
struct BrowserRulesTests {
  private func judge(
    _ rules: BrowserRules = BrowserRules(), host: String? = "127.0.0.1:8998",
    origin: String? = nil, site: String? = nil, on listenHost: String = "127.0.0.1"
  ) -> BrowserRules.Verdict {
    rules.judge(
      BrowserRules.Request(
        changesNothing: false, host: host, origin: origin, site: site, requestedBy: nil),
      listeningOn: listenHost)
  }

  @Test(
    "On loopback only names of loopback are answered: a page's own name for it is not",
    arguments: [
      ("127.0.0.1:8998", true), ("localhost:8998", true), ("LOCALHOST", true), ("[::1]:8998", true),
      ("127.9.9.9", true), ("evil.example:8998", false), ("127.0.0.1.evil.example", false),
      ("localhost.evil.example", false), ("127.0.0.1:1@evil.example", true), ("", false),
    ])
  func hosts(host: String, passes: Bool) {
    #expect((judge(host: host) == .pass) == passes)
  }

  @Test("On the network any name is answered, unless names are given")
  func networkHosts() {
    #expect(judge(host: "livy.example", on: "0.0.0.0") == .pass)
    var rules = BrowserRules()
    rules.hosts = .only(["livy.example"])
    #expect(judge(rules, host: "livy.example", on: "0.0.0.0") == .pass)
    #expect(judge(rules, host: "other.example", on: "0.0.0.0") == .refuseHost("other.example"))
    rules.hosts = .any
    #expect(judge(rules, host: "other.example") == .pass)
  }

  @Test(
    "Only our own pages may change something",
    arguments: [
      ("http://127.0.0.1:8998", true), ("http://127.0.0.1:9999", false), ("null", false),
      ("https://evil.example", false), ("http://127.0.0.1:8998.evil.example", false),
    ])
  func origins(origin: String, passes: Bool) {
    #expect((judge(origin: origin) == .pass) == passes)
  }

  @Test("What a browser itself calls cross-site is refused")
  func fetchSite() {
    #expect(judge(site: "cross-site") != .pass)
    #expect(judge(site: "same-origin") == .pass)
  }

  @Test("A named host may be the page's, for a proxy that changes the Host header")
  func proxy() {
    var rules = BrowserRules()
    rules.hosts = .only(["livy.example"])
    #expect(judge(rules, origin: "https://livy.example") == .pass)
    #expect(judge(rules, origin: "https://evil.example") != .pass)
  }
}
