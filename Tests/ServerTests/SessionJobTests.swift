// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct SessionJobTests {
  @Test("Jobs are numbered from 1 and handed to the driver as they are")
  func numbers() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    for number in 1...3 as ClosedRange<UInt64> {
      let given = try await world.directory.submitJob(.pyspark, [UInt8(number)], to: .id(id))
      #expect(given == JobNumber(number))
    }
    #expect(
      driver.jobs
        == (1...3).map {
          Job(number: JobNumber($0), kind: .pyspark, program: [UInt8($0)])
        })
    driver.report(2, .started)
    #expect(try await world.directory.job(JobNumber(2), of: .id(id)) == .reported(.started))
    #expect(try await world.directory.job(JobNumber(1), of: .id(id)) == nil, "the driver forgot it")
    #expect(try await world.directory.job(JobNumber(9), of: .id(id)) == nil)
    try await world.directory.cancelJob(JobNumber(2), of: .id(id))
    #expect(driver.cancelledJobs == [JobNumber(2)])
    await world.directory.shutDown(within: .zero)
  }

  @Test("A job that is run is answered at once, is sent until the driver knows it, and then ends")
  func run() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let number = try await world.directory.runJob(.pyspark, [1], in: .id(id))
    #expect(number == JobNumber(1))
    #expect(try await world.directory.job(number, of: .id(id)) == .sent)
    try await eventually("it is there") { driver.jobs.count == 1 }
    driver.report(1, .succeeded([7]))
    #expect(try await world.directory.job(number, of: .id(id)) == .reported(.succeeded([7])))
    let next = try await world.directory.submitJob(.pyspark, [2], to: .id(id))
    #expect(next == JobNumber(2))
    await world.directory.shutDown(within: .zero)
  }

  @Test("What the driver refuses is an error of the submission, and the end of a job that is run")
  func refused() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    driver.refuse(LivyError(.tooMany, "too many jobs wait"))
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submitJob(.pyspark, [1], to: .id(id))
    }
    #expect(error?.code == .tooMany)
    let number = try await world.directory.runJob(.pyspark, [1], in: .id(id))
    #expect(number == JobNumber(2))
    try await eventually("it failed") {
      guard
        case .reported(.failed(let reason))? = try await world.directory.job(number, of: .id(id))
      else { return false }
      return reason.contains("too many jobs wait")
    }
    await world.directory.shutDown(within: .zero)
  }

  @Test("Only so many jobs run beside the queue; more are refused until one has ended")
  func limit() async throws {
    var settings = SessionSettings()
    settings.runningJobsMax = 2
    let world = World(settings: settings)
    let (id, driver) = try await world.ready()
    for _ in 0..<2 { _ = try await world.directory.runJob(.pyspark, [1], in: .id(id)) }
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.runJob(.pyspark, [1], in: .id(id))
    }
    #expect(error?.code == .tooMany)
    driver.report(1, .cancelled)
    try await eventually("there is room") {
      (try? await world.directory.runJob(.pyspark, [1], in: .id(id))) != nil
    }
    await world.directory.shutDown(within: .zero)
  }

  @Test("Additions reach the driver; a session that starts or is over takes nothing")
  func additions() async throws {
    let world = World()
    let starting = try await world.create()
    let early = await #expect(throws: LivyError.self) {
      try await world.directory.submitJob(.pyspark, [1], to: .id(starting.id))
    }
    #expect(early?.code == .notActive)
    #expect(early?.message == "requirement failed: Session isn't active.")
    let (id, driver) = try await world.ready()
    try await world.directory.add(.jar("hdfs:/x.jar"), to: .id(id))
    #expect(driver.additions == [.jar("hdfs:/x.jar")])
    await world.directory.shutDown(within: .zero)
    await #expect(throws: LivyError.self) {
      try await world.directory.add(.file("hdfs:/x"), to: .id(id))
    }
    await #expect(throws: LivyError.self) {
      try await world.directory.runJob(.pyspark, [1], in: .id(id))
    }
    let unknown = await #expect(throws: LivyError.self) {
      try await world.directory.job(JobNumber(1), of: .id(SessionID(99)))
    }
    #expect(unknown?.code == .notFound)
  }

  @Test("A server that takes a session up goes on after the driver's last job")
  func resumed() {
    var book = JobBook()
    book.resume(after: JobNumber(7))
    #expect(book.next() == JobNumber(8))
    book.resume(after: JobNumber(3))
    #expect(book.next() == JobNumber(9))
    #expect(book.standing(of: JobNumber(8)) == .sent)
    #expect(book.standing(of: JobNumber(7)) == nil)
    book.answered(JobNumber(8))
    #expect(book.standing(of: JobNumber(8)) == nil)
    for number in 9..<200 as Range<UInt64> { book.refused(JobNumber(number), "no") }
    #expect(book.outgoingCount == 0)
    #expect(book.standing(of: JobNumber(9)) == nil, "only the newest refusals are kept")
    #expect(book.standing(of: JobNumber(199)) == .reported(.failed("no")))
  }
}
