#include "engine/fold/runner.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/stored.pb.h"
#include "tests/support/text_events.h"
#include "tests/support/toy.pb.h"
#include "tests/support/toy_projections.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() { Empty(); }
  void Empty() { rows_ = std::make_unique<RowSet>(registry_, std::vector<RowSet::Row>()); }
  Entry EntryFor(const TestEvent& event) {
    Copy copy = CopyOfEvent(DecodedOf(event));
    copy.person = IdOfText("contact:crm:ada");
    return EntryOf(std::move(copy));
  }
  void Fold(const std::vector<Entry>& entries, const std::vector<TenureAt>& tenures = {},
            int sign = 1) {
    FoldItems({registry_, *model_, IdOfText("account:crm:acme")}, ItemsOf(entries, tenures), sign,
              *rows_, &cells_);
  }
  std::vector<v1::StoredDeadLetter> DeadLetters() {
    std::vector<v1::StoredDeadLetter> letters;
    for (const RowSet::Row& row : rows_->All()) {
      if (row.key.projection != kDeadLetters) continue;
      letters.emplace_back();
      EXPECT_TRUE(letters.back().ParseFromString(row.bytes));
    }
    return letters;
  }

  const Registry registry_ = ToyRegistry();
  const std::shared_ptr<const RevenueModel> model_ = RevenueModel::Default();
  std::unique_ptr<RowSet> rows_;
  CellDeltas cells_;
};

TEST_F(RunnerTest, ItemsComeInEventOrderAndATenureAfterTheEventThatMadeIt) {
  const std::vector<Entry> entries = {EntryFor({"b", 2, {}, "page_view {}"}),
                                      EntryFor({"a", 1, {}, "page_view {}"}),
                                      EntryFor({"aa", 1, {}, "page_view {}"})};
  const std::vector<TenureAt> tenures = {
      {entries[1].order_key, IdOfText("contact:crm:ada"), true, Id()}};
  const std::vector<FoldItem> items = ItemsOf(entries, tenures);
  ASSERT_EQ(items.size(), 4);
  EXPECT_EQ(items[0].entry, &entries[1]);
  EXPECT_EQ(items[1].tenure, &tenures[0]);
  EXPECT_EQ(items[2].entry, &entries[2]);
  EXPECT_EQ(items[3].entry, &entries[0]);
}

TEST_F(RunnerTest, AFactIsDerivedOnceAndSeenByLaterProjectionsOnly) {
  Fold({EntryFor({"a", 1, {}, "form {}"}), EntryFor({"b", 2, {}, "form {}"})});
  int lines = 0;
  for (const RowSet::Row& row : rows_->All()) {
    lines += row.key.projection == 3 && row.key.entity.find("ToyQualified") != std::string::npos;
  }
  EXPECT_EQ(lines, 1);
}

TEST_F(RunnerTest, WhatDoesNotApplyIsADeadLetterOfThatProjectionAlone) {
  Fold({EntryFor({"a", 1, {}, "opportunity_closed { outcome: WON }"})});
  const auto letters = DeadLetters();
  ASSERT_EQ(letters.size(), 1);
  EXPECT_EQ(letters[0].projection(), "toy_deals");
  EXPECT_THAT(letters[0].reason(), HasSubstr("close without an opening"));
  EXPECT_NE(rows_->Find({0, IdOfText("contact:crm:ada").bytes()}), nullptr);
}

TEST_F(RunnerTest, ACopyThatLostATieIsListedAndARestatedOneIsNot) {
  Entry entry = EntryFor({"a", 1, {}, "page_view {}"});
  bool changed;
  AddCopy(EntryFor({"a", 2, {}, "page_view {}"}).copies[0], entry, changed);
  Fold({entry});
  ASSERT_EQ(DeadLetters().size(), 1);
  EXPECT_EQ(DeadLetters()[0].occurred_at(), kTestStart + 2 * kTestHour);

  Empty();
  Entry restated = EntryFor({"b", 1, {}, "page_view {}"});
  AddCopy(EntryFor({"b", 2, {}, "revision: 1 page_view {}"}).copies[0], restated, changed);
  Fold({restated});
  EXPECT_TRUE(DeadLetters().empty());
}

TEST_F(RunnerTest, AVoidedEventHasNoEffect) {
  Fold({EntryFor({"a", 1, {}, "voided: true page_view {}"})});
  EXPECT_TRUE(rows_->All().empty());
  EXPECT_TRUE(cells_.sums().empty());
}

TEST_F(RunnerTest, WhatIsTakenBackLeavesNoCell) {
  const std::vector<Entry> entries = {EntryFor({"a", 1, {}, "channel: \"web\" form {}"}),
                                      EntryFor({"b", 2, {}, "channel: \"ad\" form {}"})};
  Fold(entries);
  EXPECT_FALSE(cells_.sums().empty());
  Empty();
  Fold(entries, {}, -1);
  for (const auto& [key, sum] : cells_.sums()) EXPECT_TRUE(sum == 0);
}

TEST_F(RunnerTest, CellKeysComeApartAsTheyWerePut) {
  const Measure measure = {"m", Measure::Unit::kCount, {"a", "b"}, {{}, {1, 0}}};
  const std::string key = CellKey(measure, 1, -5, {"x", ""});
  const auto name = ParseCellKey(key);
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->measure, "m");
  EXPECT_EQ(name->set, 1);
  EXPECT_EQ(name->day, -5);
  EXPECT_EQ(name->dims, (std::vector<absl::string_view>{"", "x"}));
  EXPECT_FALSE(ParseCellKey("\x09x").ok());
}

}  // namespace
}  // namespace revops::test
