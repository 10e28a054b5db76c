// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// All figures of the server at one moment, in the JSON of Dropwizard's metrics, which monitoring
/// for Livy reads.
struct MetricsReport: JSONWritable {
  let sessions: SessionFigures
  let batches: [BatchState: Int]
  /// Nil where there are no drivers' connections to ask.
  let link: LinkMetrics?
  let requests: RequestFigures.State
  /// Since the figures of requests began.
  let now: Duration

  /// Of the JSON's shape; not ours.
  private static let shapeVersion = "4.0.0"

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("version", Self.shapeVersion)
      writer.field("gauges") { writeGauges(to: &$0) }
      writer.field("counters") { writeCounters(to: &$0) }
      writer.field("histograms") { histograms in
        histograms.field("livy.rest.answer.bytes") {
          Self.write(requests.answerBytes.summary, count: requests.answerBytes.count, to: &$0)
        }
      }
      writer.field("meters") { meters in
        for (name, meter) in requests.answers.sorted(by: { $0.key < $1.key }) {
          meters.field("livy.rest.answers.\(name)") { writer in
            writer.field("count", meter.count)
            Self.write(meter.rates(at: now), to: &writer)
            writer.field("units", "events/second")
          }
        }
      }
      writer.field("timers") { timers in
        for (route, timer) in requests.timers.sorted(by: { $0.key < $1.key }) {
          timers.field("livy.rest.requests.\(route)") { writer in
            Self.write(timer.seconds.summary, count: timer.seconds.count, to: &writer)
            Self.write(timer.meter.rates(at: now), to: &writer)
            writer.field("duration_units", "seconds")
            writer.field("rate_units", "calls/second")
          }
        }
      }
    }
  }

  private func writeGauges(to writer: inout JSONWriter) {
    func gauge(_ name: String, _ value: some JSONWritable, _ writer: inout JSONWriter) {
      writer.field("livy.\(name)") { $0.field("value", value) }
    }
    gauge("sessions.total", sessions.sessions.values.reduce(0, +), &writer)
    for state in SessionState.allCases {
      gauge("sessions.\(state.rawValue)", sessions.sessions[state] ?? 0, &writer)
    }
    gauge("batches.total", batches.values.reduce(0, +), &writer)
    for state in BatchState.allCases {
      gauge("batches.\(state.rawValue)", batches[state] ?? 0, &writer)
    }
    gauge("statements.waiting", sessions.statementsWaiting, &writer)
    gauge("statements.running", sessions.statementsRunning, &writer)
    gauge("statements.kept", sessions.statementsKept, &writer)
    gauge("pool.ready", sessions.pooledReady, &writer)
    gauge("pool.starting", sessions.pooledStarting, &writer)
    gauge("rest.requests.open", requests.open, &writer)
    guard let link else { return }
    gauge("rpc.connections.open", link.connectionsOpen, &writer)
    gauge("rpc.loop.delay.longest.seconds", link.longestLoopDelay.inSeconds, &writer)
    gauge("rpc.loop.turn.longest.seconds", link.longestTurn.inSeconds, &writer)
  }

  private func writeCounters(to writer: inout JSONWriter) {
    guard let link else { return }
    func counter(_ name: String, _ count: some BinaryInteger) {
      writer.field("livy.rpc.\(name)") { $0.field("count", Int(clamping: count)) }
    }
    func counters(_ name: String, _ counts: [String: some BinaryInteger]) {
      for (code, count) in counts.sorted(by: { $0.key < $1.key }) {
        counter("\(name).\(code)", count)
      }
    }
    counter("connections.opened", link.connectionsOpened)
    counter("connections.closed", link.connectionsClosed)
    counters("connections.refused", link.refusals)
    counter("handshakes.full", link.handshakesFull)
    counter("handshakes.resumed", link.handshakesResumed)
    counters("handshakes.failed", link.handshakesFailed)
    for (name, calls) in [("made", link.callsMade), ("served", link.callsServed)] {
      counter("calls.\(name).begun", calls.begun)
      counter("calls.\(name).succeeded", calls.succeeded)
      counters("calls.\(name).failed", calls.failed)
    }
    counter("messages.bytes.sent", link.messageBytesSent)
    counter("messages.bytes.received", link.messageBytesReceived)
    counter("bytes.sent", link.bytesSent)
    counter("bytes.received", link.bytesReceived)
    counter("stalls", link.stalls)
    counter("loop.turns.slow", link.slowTurns)
    for delay in link.loopDelays {
      let bound = delay.atMost.map { "\($0.inSeconds)s" } ?? "more"
      counter("loop.delays.\(bound)", delay.count)
    }
  }

  private static func write(_ rates: Meter.Rates, to writer: inout JSONWriter) {
    writer.field("m15_rate", rates.fifteenMinutes)
    writer.field("m1_rate", rates.oneMinute)
    writer.field("m5_rate", rates.fiveMinutes)
    writer.field("mean_rate", rates.mean)
  }

  private static func write(
    _ summary: Samples.Summary, count: Int, to writer: inout JSONWriter
  ) {
    writer.field("count", count)
    writer.field("max", summary.maximum)
    writer.field("mean", summary.mean)
    writer.field("min", summary.minimum)
    for (name, part) in quantiles { writer.field(name, summary.quantile(part)) }
    writer.field("stddev", summary.standardDeviation)
  }

  private static let quantiles: KeyValuePairs<String, Double> = [
    "p50": 0.5, "p75": 0.75, "p95": 0.95, "p98": 0.98, "p99": 0.99, "p999": 0.999,
  ]
}
