// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Whose a session or batch is.
package struct Ownership: Equatable, Sendable {
  /// Who made it; nil where nobody had to log in.
  package var owner: String?
  /// As whom it runs, if that is somebody else.
  package var proxyUser: String?

  package init(owner: String? = nil, proxyUser: String? = nil) {
    self.owner = owner
    self.proxyUser = proxyUser
  }
}

extension SessionDirectory {
  /// Nil for an unknown session.
  package func ownership(of reference: SessionReference) -> Ownership? {
    guard let request = listing[reference]?.request else { return nil }
    return Ownership(owner: request.owner, proxyUser: request.proxyUser)
  }
}

extension BatchDirectory {
  /// Nil for an unknown batch.
  package func ownership(of reference: BatchReference) -> Ownership? {
    guard let request = listing[reference]?.request else { return nil }
    return Ownership(owner: request.owner, proxyUser: request.proxyUser)
  }
}
