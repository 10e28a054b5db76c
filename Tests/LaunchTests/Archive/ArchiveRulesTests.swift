// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LivyLaunch

@Suite("Which archives of classes are made and kept")
struct ArchiveRulesTests {
  static func key(_ name: String) -> ArchiveKey { ArchiveKey(of: [name]) }

  @Test("One is made at a time and each once, however many want it")
  func queue() {
    let (a, b) = (Self.key("a"), Self.key("b"))
    var queue = ArchiveQueue()
    #expect(queue.next() == nil)
    #expect(queue.want(a) == .begin)
    #expect(queue.want(a) == .ignore)
    #expect(queue.want(b) == .ignore)
    #expect(queue.next() == a)
    #expect(queue.next() == nil)
    #expect(queue.want(a) == .ignore)
    queue.settle(a)
    #expect(queue.next() == b)
    queue.settle(a)
    #expect(queue.underWay == b)
    queue.settle(b)
    #expect(queue.next() == nil)
    #expect(queue.want(a) == .ignore)
    #expect(queue.want(Self.key("c")) == .begin)
  }

  @Test("More keys than there can be Sparks are passed over")
  func manyKeys() {
    var queue = ArchiveQueue()
    for number in 0..<100 { _ = queue.want(Self.key("\(number)")) }
    var made = 0
    while let key = queue.next() {
      queue.settle(key)
      made += 1
    }
    #expect(made == ArchiveQueue.keysMax)
  }

  static func entry(_ name: String, _ bytes: Int64, _ usedAt: Int64) -> ArchiveInventory.Entry {
    ArchiveInventory.Entry(name: name, bytes: bytes, usedAt: usedAt)
  }

  @Test("Old ones go, then the least used above the limits of number and size; strangers stay")
  func surplus() {
    var limits = ArchiveLimits()
    limits.archivesMax = 2
    limits.bytesMax = 100
    limits.unusedMax = .seconds(50)
    limits.rehearsalTimeMax = .seconds(5)
    func surplus(_ files: [ArchiveInventory.Entry], keeping current: String? = nil) -> [String] {
      ArchiveInventory(files).surplus(at: 1_000, keeping: current, limits: limits)
    }
    #expect(surplus([Self.entry("a.jsa", 10, 949), Self.entry("b.jsa", 10, 950)]) == ["a.jsa"])
    #expect(
      surplus([
        Self.entry("a.jsa", 10, 990), Self.entry("b.jsa", 10, 991), Self.entry("c.jsa", 10, 992),
      ]) == ["a.jsa"])
    #expect(surplus([Self.entry("a.jsa", 60, 990), Self.entry("b.jsa", 60, 991)]) == ["a.jsa"])
    #expect(
      surplus([Self.entry("a.jsa", 60, 900), Self.entry("b.jsa", 60, 991)], keeping: "a.jsa")
        == ["b.jsa"])
    #expect(surplus([Self.entry("a.jsa", .max, 990), Self.entry("b.jsa", .max, 991)]).count == 2)
    #expect(surplus([Self.entry("a.jsa", 101, 999)], keeping: "a.jsa") == ["a.jsa"])
    // A clock that was put back.
    #expect(surplus([Self.entry("a.jsa", 1, .max), Self.entry("b.jsa", 1, .min)]) == [])
    #expect(
      surplus([
        Self.entry("x.part", 1, 989), Self.entry("y.part", 1, 991), Self.entry("lock", 0, 0),
        Self.entry("notes.txt", 999, 0),
      ]) == ["x.part"])
  }

  @Test("A conf folder matters if a class might look for what is in it")
  func confFolder() {
    #expect(!SparkConfFolder.matters([]))
    #expect(!SparkConfFolder.matters(["spark-defaults.conf", "log4j2.properties.template"]))
    for name in ["log4j2.properties", "hive-site.xml", "spark-env.sh", "metrics.properties"] {
      #expect(SparkConfFolder.matters(["spark-defaults.conf", name]), "\(name)")
    }
  }

  @Test("Only paths that neither Spark's launcher nor the JVM would part are named to them")
  func paths() {
    #expect(ArchiveOptions.canName("/home/a-b/.cache/livy/cds"))
    for path in ["", "cds", "/a b", "/a:b", "/a'b", "/a\"b", "/a\\b", "/é", "/a$b", "/a*"] {
      #expect(!ArchiveOptions.canName(path), "\(path)")
    }
  }

  @Test("A key is 32 digits, the same in any order, and another for any other part")
  func keys() {
    let key = ArchiveKey(of: ["a 1", "b 2"])
    #expect(key.text.count == 32)
    #expect(key == ArchiveKey(of: ["b 2", "a 1"]))
    #expect(key != ArchiveKey(of: ["a 1", "b 3"]))
    #expect(key != ArchiveKey(of: ["a 1"]))
  }
}
