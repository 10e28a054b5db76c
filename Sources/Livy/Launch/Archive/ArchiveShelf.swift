// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore

/// The folder in which archives lie. A JVM maps what it is given and runs it, so nobody but this
/// server's user may write there: where somebody could, no archive is used and none is made.
struct ArchiveShelf: Sendable {
  /// Without links, so that what was looked at is what a JVM opens.
  let folder: String
  let limits: ArchiveLimits

  init(folder: String, limits: ArchiveLimits) {
    self.folder = FileSystem.resolved(folder)
    self.limits = limits
  }

  /// The path of an archive that may be used, and is marked as used now.
  func find(_ key: ArchiveKey) -> String? {
    let path = self.path(of: key)
    guard ArchiveOptions.canName(folder), isOurs(path, S_IFREG), isOurs(folder, S_IFDIR),
      FileSystem.isSheltered(folder)
    else { return nil }
    utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)
    return path
  }

  func path(of key: ArchiveKey) -> String { "\(folder)/\(key)\(ArchiveInventory.suffix)" }

  /// Stands on class paths in the place of a conf folder; nothing is ever put there.
  var emptyFolder: String { folder + "/none" }

  /// Makes the folder. Throws where somebody else could write there, or the disk is nearly full.
  func prepare() throws(LivyError) {
    try FileSystem.makePrivateFolder(folder)
    try FileSystem.makePrivateFolder(emptyFolder)
    guard ArchiveOptions.canName(folder), FileSystem.isSheltered(folder) else {
      throw LivyError(
        .configuration,
        "\(folder) lies in a folder that others can write to, or has signs in its path that no "
          + "JVM takes there; set livy.server.cds.folder")
    }
    guard let free = FileSystem.freeBytes(at: folder), free >= limits.freeBytesMin else {
      throw LivyError(
        .configuration, "less than \(limits.freeBytesMin) bytes are free at \(folder)")
    }
  }

  /// Nil while another server makes an archive.
  func claim() -> ArchiveClaim? { ArchiveClaim(path: folder + "/lock") }

  func part(of key: ArchiveKey, _ tag: SessionUUID) -> String {
    "\(folder)/\(key)-\(tag)\(ArchiveInventory.partSuffix)"
  }

  func workFolder(of key: ArchiveKey, _ tag: SessionUUID) -> String {
    "\(folder)/\(key)-\(tag)-work\(ArchiveInventory.partSuffix)"
  }

  /// Takes a part that is whole. Throws with the reason where it cannot be used.
  func take(_ part: String, as key: ArchiveKey) throws(LivyError) {
    guard let bytes = FileStamp(path: part)?.bytes, bytes > 0 else {
      throw LivyError(.launchFailed, "the JVM has written no archive")
    }
    guard bytes <= limits.bytesMax else {
      throw LivyError(
        .launchFailed, "the archive has \(bytes) bytes, \(limits.bytesMax) are allowed")
    }
    guard chmod(part, 0o600) == 0, rename(part, path(of: key)) == 0 else {
      throw LivyError(
        .launchFailed, "\(part) cannot be put in its place: \(String(cString: strerror(errno)))")
    }
  }

  /// Removes what is too old or too much.
  func tidy(keeping current: ArchiveKey?) {
    guard let names = FolderListing.names(in: folder, max: limits.jarsMax) else { return }
    let entries = names.compactMap { name -> ArchiveInventory.Entry? in
      guard let stamp = FileStamp(path: "\(folder)/\(name)") else { return nil }
      return ArchiveInventory.Entry(name: name, bytes: stamp.bytes, usedAt: stamp.seconds)
    }
    let current = current.map { "\($0)\(ArchiveInventory.suffix)" }
    let now = Int64(time(nil))
    for name in ArchiveInventory(entries).surplus(at: now, keeping: current, limits: limits) {
      FileSystem.removeTree("\(folder)/\(name)")
    }
  }

  /// It is of this kind, no link, ours, and closed to the writing of others.
  private func isOurs(_ path: String, _ kind: mode_t) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == kind
      && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
  }
}

/// The right to make archives in a folder; others find it taken until this one is gone.
final class ArchiveClaim: Sendable {
  private let descriptor: Int32

  fileprivate init?(path: String) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return nil }
    // Where that fails, the end of this object closes the file.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
