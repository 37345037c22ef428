#include "engine/fold/journal.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

Copy CopyOf(const TestEvent& event, int64_t recorded_at = 1) {
  Copy copy = CopyOfEvent(DecodedOf(event));
  copy.recorded_at = recorded_at;
  copy.person = IdOfText("contact:crm:ada");
  return copy;
}
TestEvent View(int hour, const std::string& rest = "") {
  return {"e1", hour, {"anonymous:web:x", "contact:crm:ada"}, "page_view {} " + rest};
}

TEST(JournalTest, WhichCopyStandsDoesNotDependOnTheOrderOfArrival) {
  std::vector<Copy> copies = {CopyOf(View(3)), CopyOf(View(2)), CopyOf(View(2, "actor: \"x\"")),
                              CopyOf(View(9, "revision: 1")),
                              CopyOf(View(8, "revision: 1 voided: true"))};
  std::sort(copies.begin(), copies.end(),
            [](const Copy& a, const Copy& b) { return a.bytes < b.bytes; });
  std::string first;
  do {
    Entry entry = EntryOf(copies[0]);
    bool changed;
    for (size_t i = 1; i < copies.size(); ++i) EXPECT_TRUE(AddCopy(copies[i], entry, changed));
    std::string bytes;
    EncodeEntry(entry, bytes);
    if (first.empty()) first = bytes;
    ASSERT_EQ(bytes, first);
    EXPECT_EQ(entry.standing().at, kTestStart + 8 * kTestHour);
    EXPECT_TRUE(entry.voided);
  } while (std::next_permutation(copies.begin(), copies.end(),
                                 [](const Copy& a, const Copy& b) { return a.bytes < b.bytes; }));
}

TEST(JournalTest, AnEqualCopyIsKeptOnceWithItsSmallestRecordedAt) {
  Entry entry = EntryOf(CopyOf(View(1), 5));
  bool changed;
  EXPECT_FALSE(AddCopy(CopyOf(View(1), 7), entry, changed));
  EXPECT_FALSE(changed);
  EXPECT_FALSE(AddCopy(CopyOf(View(1), 3), entry, changed));
  EXPECT_TRUE(changed);
  EXPECT_EQ(entry.copies.size(), 1);
  EXPECT_EQ(entry.standing().recorded_at, 3);
}

TEST(JournalTest, EntriesComeBackAsTheyWere) {
  Copy explicit_ids = CopyOf(View(1));
  explicit_ids.person = IdOfText("contact:crm:merged");
  explicit_ids.opportunity = IdOfText("opportunity:crm:o");
  Copy unreadable;
  unreadable.unreadable = true;
  unreadable.bytes = "\xff";
  unreadable.recorded_at = -4;
  Copy nobody = CopyOf({"e2", 2, {}, "decision {}"});
  nobody.person = Id();
  std::string bytes;
  for (const Copy& copy : {explicit_ids, unreadable, nobody}) EncodeEntry(EntryOf(copy), bytes);
  const auto entries = DecodeEntries(bytes);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3);
  const Copy* originals[] = {&explicit_ids, &unreadable, &nobody};
  for (size_t i = 0; i < 3; ++i) {
    const Copy& copy = (*entries)[i].standing();
    EXPECT_TRUE(SameCopy(copy, *originals[i])) << i;
    EXPECT_EQ(copy.recorded_at, originals[i]->recorded_at);
    EXPECT_EQ(copy.at, originals[i]->at);
    EXPECT_EQ(copy.unreadable, originals[i]->unreadable);
    EXPECT_EQ((*entries)[i].name, NameOf(*originals[i]));
  }
}

TEST(JournalTest, DamagedBytesAreDataLossAndNoMore) {
  std::string bytes;
  EncodeEntry(EntryOf(CopyOf(View(1))), bytes);
  EncodeEntry(EntryOf(CopyOf(View(2, "revision: 3"))), bytes);
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    const auto entries = DecodeEntries(bytes.substr(0, cut));
    EXPECT_TRUE(entries.ok() || absl::IsDataLoss(entries.status()));
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] ^= static_cast<char>(1 << bit);
      const auto entries = DecodeEntries(flipped);
      EXPECT_TRUE(entries.ok() || absl::IsDataLoss(entries.status()));
    }
  }
}

}  // namespace
}  // namespace revops::test
