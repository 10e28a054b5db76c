// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyServer

/// A router's paths with all their methods, so that a known path with another method is 405 and
/// says which are allowed. The one way to add a route: each passes a gate that asks for what the
/// route needs.
final class RouteTable<Context: RequestContext> {
  let router: Router<Context>
  private let directory: SessionDirectory
  private let batches: BatchDirectory
  private(set) var routes: [DeclaredRoute] = []

  init(router: Router<Context>, directory: SessionDirectory, batches: BatchDirectory) {
    self.router = router
    self.directory = directory
    self.batches = batches
  }

  func at(_ path: RouterPath, _ endpoints: KeyValuePairs<HTTPRequest.Method, Endpoint<Context>>) {
    for (method, endpoint) in endpoints {
      routes.append(
        DeclaredRoute(
          method: method.rawValue, path: path.description, need: endpoint.need))
      // Whoever is turned away at the gate keeps no session alive.
      router.group()
        .add(middleware: Gate(need: endpoint.need, directory: directory, batches: batches))
        .add(middleware: Heartbeats(directory: directory))
        .on(path, method: method, use: endpoint.answer)
    }
    refuseOthers(path, endpoints.map(\.key))
  }

  private func refuseOthers(_ path: RouterPath, _ methods: [HTTPRequest.Method]) {
    let allowed = methods + (methods.contains(.get) ? [.head] : [])
    let allow = allowed.map(\.rawValue).joined(separator: ", ")
    let others: [HTTPRequest.Method] = [
      .get, .head, .post, .put, .delete, .patch, .options, .trace, .connect,
    ]
    for method in others where !allowed.contains(method) {
      router.on(path, method: method) { _, _ -> Response in
        throw RESTFailure(.methodNotAllowed, .empty, headers: [.allow: allow])
      }
    }
  }
}
