// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
package import Transport

/// Archives of Spark's classes (AppCDS), from which a driver's JVM begins without reading, checking
/// and linking ten thousand classes anew. One for each Spark and Java, made in the background after
/// the first start that could have used it.
package actor DriverArchives {
  private let shelf: ArchiveShelf
  private nonisolated let loop: EventLoop
  private let report: @Sendable (String) -> Void
  private var queue = ArchiveQueue()
  /// Whose Spark is rehearsed, by the archive that is wanted.
  private var settings: [ArchiveKey: LaunchSettings] = [:]
  private var maker: Task<Void, Never>?
  private var isStopped = false

  /// - Parameters:
  ///   - folder: absolute; made when it is needed.
  ///   - report: takes one line for the server's log.
  package init(
    in folder: String, limits: ArchiveLimits = ArchiveLimits(), on loop: EventLoop,
    report: @escaping @Sendable (String) -> Void
  ) {
    shelf = ArchiveShelf(folder: folder, limits: limits)
    self.loop = loop
    self.report = report
  }

  /// Ends what is being made.
  package func stop() async {
    isStopped = true
    maker?.cancel()
    await maker?.value
  }

  /// Whether archives can be used from this folder at all.
  package static func canUse(_ folder: String) -> Bool { ArchiveOptions.canName(folder) }

  /// The line with an archive, if there is one for it; else one is wanted. Looks at the jars' names,
  /// sizes and times, which takes a millisecond or two, and waits for nothing.
  func hasten(_ line: SparkSubmitLine, _ settings: LaunchSettings) -> SparkSubmitLine {
    guard line.hasPlainClassPath, !hasMeaning(line.confFolder),
      let spark = SparkInstallation(
        home: settings.sparkHome, environment: line.environment, limits: shelf.limits)
    else { return line }
    let key = spark.key
    guard let archive = shelf.find(key) else {
      want(key, settings)
      return line
    }
    var line = line
    line.use(ArchiveOptions.using(archive), confFolder: shelf.emptyFolder)
    return line
  }

  /// A conf folder that cannot be looked through may mean anything.
  private func hasMeaning(_ folder: String) -> Bool {
    guard FileSystem.realPath(of: folder) != nil else { return false }
    let names = FolderListing.names(in: folder, max: shelf.limits.confFilesMax)
    return names.map(SparkConfFolder.matters) ?? true
  }

  // MARK: Making

  private func want(_ key: ArchiveKey, _ settings: LaunchSettings) {
    guard !isStopped else { return }
    let answer = queue.want(key)
    // Newer settings are as good.
    self.settings[key] = settings
    switch answer {
    case .begin: maker = Task { await make() }
    case .ignore: break
    }
  }

  private func make() async {
    guard (try? await ContinuousClock().sleep(for: shelf.limits.quietTime)) != nil else { return }
    while !Task.isCancelled, let key = queue.next() {
      if let settings = settings.removeValue(forKey: key) { await make(key, settings) }
      queue.settle(key)
    }
  }

  private func make(_ key: ArchiveKey, _ settings: LaunchSettings) async {
    let home = settings.sparkHome
    do throws(LivyError) {
      try shelf.prepare()
      guard let claim = shelf.claim() else {
        report("another server makes archives of classes in \(shelf.folder)")
        return
      }
      // It may have made this one meanwhile.
      guard shelf.find(key) == nil else { return }
      report("an archive of the classes of \(home) is being made, for later starts")
      let time = ContinuousClock().now
      let rehearsal = ArchiveRehearsal(of: key, settings, on: shelf, loop: loop)
      try await rehearsal.run()
      shelf.tidy(keeping: key)
      let bytes = FileStamp(path: shelf.path(of: key))?.bytes ?? 0
      report(
        "the archive of the classes of \(home) is there: \(bytes >> 20) MiB after "
          + "\(time.duration(to: .now))")
      withExtendedLifetime(claim) {}
    } catch {
      guard !Task.isCancelled else { return }
      shelf.tidy(keeping: nil)
      report(
        "there is no archive of the classes of \(home), so that sessions start as they always do: "
          + error.description)
    }
  }
}
