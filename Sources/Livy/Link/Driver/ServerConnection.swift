// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Wire

/// A driver's connection to its server, whoever dialled.
package struct ServerConnection: Sendable, CustomStringConvertible {
  let connection: Connection

  /// Waits for the end, and tells its reason. A cancelled task closes the connection.
  package func ended() async -> String {
    await withTaskCancellationHandler {
      "\(await connection.closed())"
    } onCancel: {
      Task { await connection.close() }
    }
  }

  package func close() async {
    await connection.close()
  }

  /// The server's address.
  package var description: String { connection.remoteAddress.description }
}
