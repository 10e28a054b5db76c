// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird

/// `/ui`, `/static` and the root, which leads there.
struct UIRoutes<Context: RequestContext>: Sendable {
  let settings: UISettings
  let pages: UIPages

  func add(to table: RouteTable<Context>) {
    let style = UIPages.response(.style)
    table.at("static/\(UIPages.File.style.rawValue)", [.get: .open { _, _ in style }])
    switch settings.presence {
    case .served:
      addPages(to: table)
      lead(to: "/ui/", in: table)
    case .absent: lead(to: "/metrics", in: table)
    }
  }

  private func addPages(to table: RouteTable<Context>) {
    let sessions = pages.response(.sessions)
    let session = pages.response(.session)
    let log = pages.response(.log)
    let script = UIPages.response(.script)
    table.at("ui", [.get: .open { _, _ in sessions }])
    table.at("ui/session/:name", [.get: .open { _, _ in session }])
    table.at("ui/session/:name/log", [.get: .open { _, _ in log }])
    table.at("ui/batch/:name/log", [.get: .open { _, _ in log }])
    table.at("static/\(UIPages.File.script.rawValue)", [.get: .open { _, _ in script }])
  }

  private func lead(to path: String, in table: RouteTable<Context>) {
    let location = settings.basePath.text + path
    table.at(
      "", [.get: .open { _, _ in Response(status: .found, headers: [.location: location]) }])
  }
}
