// SPDX-License-Identifier: Apache-2.0

/// Counts by address, and who has the highest one. A step of one takes the same short time, however
/// many addresses there are and however high their counts.
struct CrowdRanking {
  private struct Standing {
    var count: Int
    /// Where in `levels[count]` it stands.
    var index: Int
  }

  private var standings: [NetworkBlock: Standing] = [:]
  /// By count, those who have it; the last level is not empty.
  private var levels: [[NetworkBlock]] = [[]]

  func count(of block: NetworkBlock) -> Int { standings[block]?.count ?? 0 }

  var highestCount: Int { levels.count - 1 }

  /// One of those with the highest count; nil where all are zero.
  var highest: NetworkBlock? { levels.count > 1 ? levels.last?.first : nil }

  mutating func add(_ difference: Int, to block: NetworkBlock) {
    let old = standings[block]
    let count = (old?.count ?? 0) + difference
    if count > 0 {
      while levels.count <= count { levels.append([]) }
      standings[block] = Standing(count: count, index: levels[count].count)
      levels[count].append(block)
    } else {
      standings[block] = nil
    }
    // Only now: else the empty levels below the highest one would go, and come again.
    if let old { leave(old) }
  }

  private mutating func leave(_ standing: Standing) {
    levels[standing.count].swapAt(standing.index, levels[standing.count].count - 1)
    levels[standing.count].removeLast()
    if standing.index < levels[standing.count].count {
      standings[levels[standing.count][standing.index]]?.index = standing.index
    }
    while levels.count > 1, levels.last?.isEmpty == true { levels.removeLast() }
  }
}
