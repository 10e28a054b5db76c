// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore

extension LivyAPI.Batch {
  /// What Livy shows of a batch.
  init(_ snapshot: BatchSnapshot) {
    let record = snapshot.record
    self.init(id: Int(record.id.number), state: State(record.state))
    name = record.request.name
    owner = record.request.owner
    proxyUser = record.request.proxyUser
    appID = record.applicationID
    log = snapshot.log
  }
}

extension LivyAPI.Batch.State {
  init(_ state: BatchState) {
    self.init(rawValue: state.rawValue)
  }
}
