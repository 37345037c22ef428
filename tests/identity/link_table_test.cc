#include "engine/identity/link_table.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/identity/rocksdb_link_store.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

const char kVisitor[] = "anonymous:web:x";

TestEvent Link(const std::string& id, int hour, const std::string& child, const std::string& parent,
               const std::string& rest = "") {
  return {id,
          hour,
          {},
          absl::StrCat(rest, " linked { ", Field("child", child), Field("parent", parent), "}")};
}
TestEvent Unlink(const std::string& id, int hour, const std::string& child) {
  return {id, hour, {}, absl::StrCat("unlinked { ", Field("child", child), "}")};
}

enum class Kept { kInMemory, kInRocksDb };

class LinkTableTest : public testing::TestWithParam<Kept> {
 protected:
  LinkTableTest() : table_(Open()) {}
  std::unique_ptr<LinkTable> Open() {
    return *LinkTable::Open(GetParam() == Kept::kInMemory
                                ? MemoryLinkStore()
                                : *OpenRocksDbLinkStore(folder_.path() + "/links", nullptr),
                            "a-log");
  }
  LinkVersion Add(const TestEvent& event) {
    EXPECT_TRUE(table_->Add(DecodedOf(event)).ok());
    return table_->end();
  }
  std::string ParentAt(const std::string& child, LinkVersion version) {
    return ToText(*table_->Parent(IdOfText(child), version));
  }

  const TemporaryFolder folder_;
  std::unique_ptr<LinkTable> table_;
};

INSTANTIATE_TEST_SUITE_P(Stores, LinkTableTest, testing::Values(Kept::kInMemory, Kept::kInRocksDb),
                         [](const auto& info) {
                           return info.param == Kept::kInMemory ? "InMemory" : "InRocksDb";
                         });

TEST_P(LinkTableTest, AVersionSeesWhatStandsBeforeIt) {
  const LinkVersion one = Add(Link("1", 1, kVisitor, "contact:crm:ada"));
  const LinkVersion two = Add(Link("2", 2, kVisitor, "contact:crm:bob"));
  EXPECT_EQ(ParentAt(kVisitor, 0), "");
  EXPECT_EQ(ParentAt(kVisitor, one), "contact:crm:ada");
  EXPECT_EQ(ParentAt(kVisitor, two), "contact:crm:bob");
}

// Its next Put is done, and then refused.
class DoneAndRefused final : public LinkStore {
 public:
  absl::Status Put(std::vector<std::pair<std::string, std::string>> changes) override {
    RETURN_IF_ERROR(store_->Put(std::move(changes)));
    return std::exchange(refuses_, false) ? absl::UnavailableError("refused") : absl::OkStatus();
  }
  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    return store_->Get(key, value);
  }
  absl::Status Scan(absl::string_view prefix, Visit visit) const override {
    return store_->Scan(prefix, visit);
  }
  void RefuseNext() { refuses_ = true; }

 private:
  const std::unique_ptr<LinkStore> store_ = MemoryLinkStore();
  bool refuses_ = false;
};

TEST(RefusedLinkTest, OneThatWasWrittenAfterAllIsNotTakenTwice) {
  auto store = std::make_unique<DoneAndRefused>();
  DoneAndRefused& disk = *store;
  const auto table = *LinkTable::Open(std::move(store), "a-log");
  ASSERT_TRUE(table->Add(DecodedOf(Link("1", 1, kVisitor, "contact:crm:ada"))).ok());
  disk.RefuseNext();
  const DecodedEvent second = DecodedOf(Link("2", 2, kVisitor, "contact:crm:bob"));
  EXPECT_EQ(table->Add(second).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(table->end(), 1);
  // It is there: the log is read on from behind it.
  EXPECT_EQ(table->Add(second).code(), absl::StatusCode::kUnavailable);
  ASSERT_EQ(table->end(), 2);
  EXPECT_EQ(ToText(*table->Parent(IdOfText(kVisitor), 2)), "contact:crm:bob");
  ASSERT_TRUE(table->Add(DecodedOf(Link("3", 3, kVisitor, "contact:crm:eve"))).ok());
  EXPECT_EQ(table->end(), 3);
  EXPECT_EQ(ToText(*table->Parent(IdOfText(kVisitor), 3)), "contact:crm:eve");
}

TEST_P(LinkTableTest, TheLatestLinkInEventOrderStandsHoweverLateItComes) {
  Add(Link("2", 2, kVisitor, "contact:crm:bob"));
  const LinkVersion end = Add(Link("1", 1, kVisitor, "contact:crm:ada"));
  EXPECT_EQ(ParentAt(kVisitor, end), "contact:crm:bob");
}

TEST_P(LinkTableTest, AnUnlinkedChildHasNoParent) {
  Add(Link("1", 1, kVisitor, "contact:crm:ada"));
  EXPECT_EQ(ParentAt(kVisitor, Add(Unlink("2", 2, kVisitor))), "");
}

TEST_P(LinkTableTest, AVoidedLinkHasNoEffectAndOneThatWasThereBeforeStandsAgain) {
  Add(Link("1", 1, kVisitor, "contact:crm:ada"));
  Add(Link("2", 2, kVisitor, "contact:crm:bob"));
  const LinkVersion end =
      Add(Link("2", 2, kVisitor, "contact:crm:bob", "revision: 1 voided: true"));
  EXPECT_EQ(ParentAt(kVisitor, end), "contact:crm:ada");
}

TEST_P(LinkTableTest, OfTwoCopiesTheHigherRevisionAndThenTheEarlierStands) {
  Add(Link("1", 5, kVisitor, "contact:crm:ada"));
  LinkVersion end = Add(Link("1", 4, kVisitor, "contact:crm:bob"));
  EXPECT_EQ(ParentAt(kVisitor, end), "contact:crm:bob");
  end = Add(Link("1", 9, kVisitor, "contact:crm:eve", "revision: 2"));
  EXPECT_EQ(ParentAt(kVisitor, end), "contact:crm:eve");
}

TEST_P(LinkTableTest, ARepeatedCopyChangesNothing) {
  Add(Link("1", 1, kVisitor, "contact:crm:ada"));
  const LinkVersion one = table_->end();
  const LinkVersion two = Add(Link("1", 1, kVisitor, "contact:crm:ada"));
  EXPECT_TRUE(table_->Affected(one, two)->empty());
  EXPECT_TRUE(*table_->Contains(DecodedOf(Link("1", 1, kVisitor, "contact:crm:ada"))));
  EXPECT_FALSE(*table_->Contains(DecodedOf(Link("1", 1, kVisitor, "contact:crm:bob"))));
}

TEST_P(LinkTableTest, AnUnreadableRecordCountsAsRead) {
  EXPECT_TRUE(table_->AddUnreadable().ok());
  EXPECT_EQ(table_->end(), 1);
  EXPECT_TRUE(table_->Affected(0, 1)->empty());
}

TEST_P(LinkTableTest, WhatReachesAChangedChildIsAffected) {
  Add(Link("1", 1, kVisitor, "lead:crm:l"));
  Add(Link("2", 1, "lead:crm:l", "contact:crm:ada"));
  const LinkVersion before = table_->end();
  const LinkVersion after = Add(Link("3", 1, "contact:crm:ada", "account:crm:acme"));
  const std::set<Id> affected = *table_->Affected(before, after);
  for (const char* id : {kVisitor, "lead:crm:l", "contact:crm:ada"}) {
    EXPECT_EQ(affected.count(IdOfText(id)), 1) << id;
  }
  EXPECT_EQ(affected.count(IdOfText("account:crm:acme")), 0);
}

TEST_P(LinkTableTest, AnErasureHoldsFromItsOffsetOnAndIsNeverTakenBack) {
  const TestEvent erasure = {
      "e", 1, {}, absl::StrCat("erasure { ", Field("ids", "contact:crm:ada"), "}")};
  TestEvent voided = erasure;
  voided.rest += " revision: 1 voided: true";
  const Id ada = IdOfText("contact:crm:ada");
  const LinkVersion one = Add(erasure);
  const LinkVersion two = Add(voided);
  EXPECT_FALSE(table_->Erased(ada, 0));
  EXPECT_TRUE(table_->Erased(ada, one));
  EXPECT_TRUE(table_->Erased(ada, two));
  EXPECT_EQ(table_->Affected(0, one)->count(ada), 1);
}

TEST_P(LinkTableTest, LinksThatMakeNoSenseAreLeftOut) {
  Add(Link("1", 1, "contact:crm:ada", "anonymous:web:x"));
  Add(Link("2", 1, "account:crm:acme", "contact:crm:ada"));
  Add(Link("3", 1, "contact:crm:ada", "contact:crm:ada"));
  EXPECT_TRUE(table_->Unknown(IdOfText("contact:crm:ada")));
  EXPECT_TRUE(table_->Unknown(IdOfText("account:crm:acme")));
}

TEST_P(LinkTableTest, AConvertedLeadLinksItsContactAccountAndDeal) {
  const LinkVersion end =
      Add({"1",
           1,
           {"lead:crm:l"},
           absl::StrCat("lead { action: CONVERTED ", Field("converted_contact", "contact:crm:ada"),
                        Field("converted_account", "account:crm:acme"),
                        Field("converted_opportunity", "opportunity:crm:o"), "}")});
  EXPECT_EQ(ParentAt("lead:crm:l", end), "contact:crm:ada");
  EXPECT_EQ(ParentAt("opportunity:crm:o", end), "account:crm:acme");
  const std::vector<Tenure> tenures = *table_->Tenures(IdOfText("contact:crm:ada"), end);
  ASSERT_EQ(tenures.size(), 1);
  EXPECT_EQ(ToText(tenures[0].account), "account:crm:acme");
}

}  // namespace
}  // namespace revops::test
