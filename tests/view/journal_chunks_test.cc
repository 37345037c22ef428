#include "engine/view/journal_chunks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

std::vector<Entry> Entries(int count) {
  std::vector<Entry> entries;
  for (int i = 0; i < count; ++i) {
    entries.push_back(EntryOf(
        CopyOfEvent(DecodedOf({absl::StrCat("e", i), i, {"contact:crm:ada"}, "page_view {}"}))));
  }
  return entries;
}

ChunkedJournal Cut(absl::Span<const Entry> entries) {
  ChunkedJournal journal;
  AppendEntries(entries, journal);
  return journal;
}

TEST(JournalChunksTest, EntriesComeBackWholeAndInOrder) {
  const std::vector<Entry> entries = Entries(200);
  const ChunkedJournal journal = Cut(entries);
  EXPECT_GT(journal.closed.size(), 5);
  size_t next = 0;
  const auto expect = [&](const std::string& bytes) {
    const auto held = DecodeEntries(bytes);
    ASSERT_TRUE(held.ok());
    for (const Entry& entry : *held) EXPECT_EQ(entry.name, entries[next++].name);
  };
  for (const StoredChunk& chunk : journal.closed) {
    EXPECT_EQ(chunk.first_key, entries[next].order_key);
    expect(chunk.bytes);
  }
  expect(journal.tail);
  EXPECT_EQ(next, entries.size());
}

TEST(JournalChunksTest, CutsDoNotDependOnTheBatches) {
  const std::vector<Entry> entries = Entries(100);
  const ChunkedJournal whole = Cut(entries);
  ChunkedJournal stepwise;
  for (size_t i = 0; i < entries.size(); i += 3) {
    AppendEntries(absl::MakeSpan(entries).subspan(i, 3), stepwise);
  }
  ASSERT_EQ(stepwise.closed.size(), whole.closed.size());
  for (size_t i = 0; i < whole.closed.size(); ++i) {
    EXPECT_EQ(stepwise.closed[i].first_key, whole.closed[i].first_key);
    EXPECT_EQ(stepwise.closed[i].bytes, whole.closed[i].bytes);
  }
  EXPECT_EQ(stepwise.tail, whole.tail);
}

TEST(JournalChunksTest, AnInsertionChangesFewChunks) {
  std::vector<Entry> entries = Entries(300);
  const Entry inserted = entries[150];
  entries.erase(entries.begin() + 150);
  const ChunkedJournal without = Cut(entries);
  entries.insert(entries.begin() + 150, inserted);
  const ChunkedJournal with = Cut(entries);
  int changed = 0;
  for (const StoredChunk& chunk : with.closed) {
    changed += std::none_of(without.closed.begin(), without.closed.end(),
                            [&](const StoredChunk& other) { return other.bytes == chunk.bytes; });
  }
  EXPECT_LE(changed, 3);
}

}  // namespace
}  // namespace revops::test
