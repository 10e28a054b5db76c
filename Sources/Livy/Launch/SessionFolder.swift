// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// The folder of one session or batch on disk: 0700, with files of 0600.
struct SessionFolder {
  let files: SessionFiles

  init(files: SessionFiles) {
    self.files = files
  }

  init(of session: SessionUUID, in stateFolder: String) {
    self.init(files: SessionFiles(folder: "\(stateFolder)/sessions/\(session)"))
  }

  /// Writes Spark's conf, which spark-submit reads.
  func write(properties: JavaProperties) throws(LivyError) {
    try FileSystem.makePrivateFolder(files.folder)
    try FileSystem.makePrivateFolder(files.work)
    try FileSystem.write(Array(properties.text.utf8), to: files.properties)
  }

  /// Writes all that spark-submit and the driver read.
  func write(properties: JavaProperties, launchFile: [UInt8]) throws(LivyError) {
    try write(properties: properties)
    try writeBootstrap()
    try FileSystem.write(launchFile, to: files.launch)
    try FileSystem.remove(files.process)
  }

  func writeBootstrap() throws(LivyError) {
    let bootstrap = "# Spark starts livy-driver in place of Python: nobody runs this file.\n"
    try FileSystem.write(Array(bootstrap.utf8), to: files.bootstrap)
  }

  /// Notes which process spark-submit is. Where that fails, a later run of the server watches all
  /// that carry the tag.
  func note(_ pid: Int32) {
    guard let status = ProcessStatus(pid: pid) else { return }
    try? LaunchedProcess(status.identity).write(to: files.process)
  }

  /// Removes what held secrets. A file that cannot be removed now is tried again at the next call.
  func removeSecrets() {
    for path in [files.launch, files.properties] {
      try? FileSystem.remove(path)
    }
  }
}
