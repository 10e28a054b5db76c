// SPDX-License-Identifier: Apache-2.0
// The messages that are measured, with the same content as in Measuring/Content.swift.
#include "messages.h"

namespace {

constexpr int kRows = 10000, kLevels = 64, kNewer = 64, kCodeBytes = 4096;

// Small letters.
std::string text(int seed, int count) {
  std::string made;
  for (int i = 0; i < count; i++) made.push_back(static_cast<char>('a' + (seed + i * 7) % 26));
  return made;
}

std::string bytes(int seed, int count) {
  std::string made;
  for (int i = 0; i < count; i++) made.push_back(static_cast<char>(seed + i * 131 + 17));
  return made;
}

// Lines of 64 bytes of which one in eight has a letter outside of ASCII.
std::string code() {
  std::string made;
  for (int line = 0; line < kCodeBytes / 64; line++)
    made += line % 8 == 7 ? text(line, 61) + "\u00e9\n" : text(line, 63) + "\n";
  return made;
}

}  // namespace

livy::bench::Small small() {
  livy::bench::Small message;
  message.set_id(0xF1E2D3C4B5A69788u);
  message.set_code(0xFEDCBA98u);
  message.set_session(text(1, 30));
  message.set_user(text(2, 30));
  message.mutable_position()->set_checksum(0x89ABCDEFu);
  message.mutable_position()->set_line(70000);
  message.set_digest(bytes(3, 100));
  return message;
}

livy::bench::Statement statement() {
  livy::bench::Statement message;
  message.set_id(77);
  message.set_kind(livy::bench::KIND_PYSPARK);
  message.set_code(code());
  message.set_started(1795000000.25);
  message.set_is_interactive(true);
  return message;
}

livy::bench::Table table() {
  livy::bench::Table message;
  for (int column = 0; column < 5; column++) message.add_columns(text(column, 12));
  for (int number = 0; number < kRows; number++) {
    auto *row = message.add_rows();
    row->set_id(static_cast<int64_t>(number) * 1000);
    row->set_name(text(number, 8 + number % 16));
    row->set_value(number / 4.0);
    row->set_change(number % 200 - 100);
    row->set_is_valid(number % 2 == 0);
    message.add_offsets(static_cast<uint64_t>(number) * 37);
  }
  return message;
}

livy::bench::Deep deep() {
  livy::bench::Deep message;
  auto *innermost = &message;
  for (int level = 1; level <= kLevels; level++) {
    if (level > 1) innermost = innermost->mutable_child();
    innermost->set_level(static_cast<uint32_t>(level));
    innermost->set_label(text(level, 12));
  }
  return message;
}

livy::bench::Older older() {
  livy::bench::Newer newer;
  newer.set_id(5);
  newer.set_name(text(4, 20));
  for (int number = 0; number < kNewer; number++) {
    newer.add_counts(static_cast<uint64_t>(number) * number * number);
    newer.add_stamps(static_cast<uint64_t>(number) * 1000003);
    newer.add_words(text(number, 20));
    auto *position = newer.add_positions();
    position->set_checksum(static_cast<uint32_t>(number));
    position->set_line(static_cast<uint32_t>(number) * 300);
  }
  livy::bench::Older message;
  if (!message.ParseFromString(newer.SerializeAsString())) bench_fail("an older peer cannot read");
  return message;
}
