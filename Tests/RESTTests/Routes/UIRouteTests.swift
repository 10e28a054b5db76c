// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import LivyAPI
import LivyCore
import RESTTestSupport
import Testing

@testable import LivyREST

@Suite("Pages for people")
struct UIRouteTests {
  static let paths = ["/ui", "/ui/", "/ui/session/0", "/ui/session/0/log", "/ui/batch/0/log"]

  private static func settings(
    _ presence: UISettings.Presence = .served, basePath: String = ""
  ) throws -> RESTSettings {
    var settings = RESTSettings()
    settings.ui.presence = presence
    settings.ui.basePath = try UIBasePath(basePath)
    return settings
  }

  @Test("Every page is HTML under a policy of its own, whatever the others' is", arguments: paths)
  func policy(path: String) async throws {
    var settings = RESTSettings()
    for content in ["default-src *", ""] {
      settings.securityHeaders[3].value = content
      try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
        let answer = try await exchange.get(path)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/html;charset=utf-8")
        #expect(
          answer.headers[.contentSecurityPolicy]
            == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
        #expect(answer.headers[values: .contentSecurityPolicy].count == 1)
      }
    }
  }

  @Test(
    "A page keeps the policy: no script or style in it, nothing from elsewhere",
    arguments: paths + ["/metrics"])
  func inline(path: String) async throws {
    try await Exchange.run { exchange async throws in
      let text = try await exchange.get(path).text
      #expect(text.contains("<!doctype html>"))
      for banned in ["<style", " style=", " on", "javascript:", "//", "{{"] {
        let hits = text.ranges(of: banned).filter { range in
          // The word "on" may stand in a text; as an attribute it is followed by a name and `=`.
          banned != " on"
            || text[range.upperBound...].prefix { $0.isLetter }.isEmpty == false
              && text[range.upperBound...].drop { $0.isLetter }.first == "="
        }
        #expect(hits.isEmpty, "\(path) has \(banned)")
      }
      for script in text.ranges(of: "<script") {
        #expect(text[script.upperBound...].hasPrefix(#" src="/static/ui.js" defer></script>"#))
      }
    }
  }

  @Test("Every file that a page names is served, with its type")
  func files() async throws {
    try await Exchange.run { exchange async throws in
      let style = try await exchange.get("/static/ui.css")
      #expect(style.headers[.contentType] == "text/css;charset=utf-8")
      let script = try await exchange.get("/static/ui.js")
      #expect(script.headers[.contentType] == "text/javascript;charset=utf-8")
      for answer in [style, script] { #expect(answer.status == 200 && answer.text.count > 500) }
      for path in ["/static/", "/static/x", "/static/../version", "/static/sessions.html"] {
        #expect(try await exchange.get(path).status == 404)
      }
      for path in Self.paths {
        let text = try await exchange.get(path).text
        for reference in text.ranges(of: "\"/static/") {
          let file = text[reference.upperBound...].prefix { $0 != "\"" }
          #expect(try await exchange.get("/static/\(file)").status == 200)
        }
      }
    }
  }

  @Test("The script makes no HTML of what it reads, and runs nothing")
  func script() async throws {
    try await Exchange.run { exchange async throws in
      let text = try await exchange.get("/static/ui.js").text
      for banned in [
        "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(",
        "setAttribute", ".style", "http://", "https://",
      ] {
        #expect(!text.contains(banned), "\(banned)")
      }
    }
  }

  @Test("Behind a proxy's path all links have it, and no route does")
  func basePath() async throws {
    let settings = try Self.settings(basePath: "/spark/livy/")
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let root = try await exchange.get("/")
      #expect(root.headers[.location] == "/spark/livy/ui/")
      let text = try await exchange.get("/ui/session/0").text
      #expect(text.contains(#"data-base="/spark/livy""#))
      #expect(text.contains(#"src="/spark/livy/static/ui.js""#))
      let links = text.ranges(of: #"href=""#)
      #expect(!links.isEmpty)
      for link in links { #expect(text[link.upperBound...].hasPrefix("/spark/livy/")) }
      #expect(try await exchange.get("/metrics").text.contains("/spark/livy/metrics/ping"))
      #expect(try await exchange.get("/spark/livy/ui").status == 404)
    }
  }

  @Test("A base path is segments of plain letters, or refused")
  func basePaths() throws {
    for (given, text) in [
      ("", ""), ("/", ""), ("/a", "/a"), ("/a//b/", "/a/b"), ("/A-1._~", "/A-1._~"),
    ] {
      #expect(try UIBasePath(given).text == text)
    }
    for bad in [
      "a", "//evil.example/\"", "/a b", "/a\"", "/<x>", "/..", "/a/./b", "/é", "/a?b", "/a\n",
    ] {
      let error = #expect(throws: LivyError.self) { try UIBasePath(bad) }
      #expect(error?.code == .configuration)
    }
  }

  @Test("Without pages the root leads to the metrics, and no page is served")
  func absent() async throws {
    try await Exchange.run(ServerUnderTest(settings: try Self.settings(.absent))) {
      exchange async throws in
      let root = try await exchange.get("/")
      #expect(root.status == 302)
      #expect(root.headers[.location] == "/metrics")
      for path in Self.paths + ["/static/ui.js"] {
        #expect(try await exchange.get(path).status == 404)
      }
      #expect(try await exchange.get("/metrics").status == 200)
    }
  }
}
