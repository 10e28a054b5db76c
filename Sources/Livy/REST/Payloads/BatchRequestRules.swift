// SPDX-License-Identifier: Apache-2.0

package import LivyAPI
package import LivyCore

extension SessionRequestRules {
  /// Errors are `.invalidRequest`, in Livy's words and its order of checks.
  package func request(from body: CreateBatch) throws(LivyError) -> BatchRequest {
    try checkConf(body.conf)
    try checkFiles(body.jars + body.files + body.archives + body.pyFiles, body.conf)
    guard !body.file.isEmpty else {
      throw LivyError(.invalidRequest, "requirement failed: File is required.")
    }
    try files.check(body.file)
    // The system would take it for the end of the argument.
    for text in body.args + [body.className ?? ""] where text.utf8.contains(0) {
      throw LivyError(
        .invalidRequest, "A zero byte stands in an argument; a command line cannot hold it.")
    }
    try checkName(body.name)

    var request = BatchRequest(file: body.file)
    request.className = body.className.flatMap { $0.isEmpty ? nil : $0 }
    request.arguments = body.args
    request.name = body.name
    request.queue = body.queue
    request.resources.driverMemory = body.driverMemory
    request.resources.driverCores = body.driverCores
    request.resources.executorMemory = body.executorMemory
    request.resources.executorCores = body.executorCores
    request.resources.executorCount = body.numExecutors
    request.files.jars = body.jars
    request.files.pythonFiles = body.pyFiles
    request.files.files = body.files
    request.files.archives = body.archives
    request.conf = body.conf
    return request
  }
}
