// What a deal's rows are keyed by: the deal, whatever account it belongs to.
#include <gtest/gtest.h>

#include "engine/identity/resolver.h"

namespace revops::test {
namespace {

Id Deal(const std::string& value) { return Id(v1::OPPORTUNITY, "crm", value); }
Id Account(const std::string& value) { return Id(v1::ACCOUNT, "crm", value); }

class DealLinksTest : public ::testing::Test {
 protected:
  void Link(const Id& child, const Id& parent) {
    v1::Event event;
    event.set_id(std::to_string(++links_));
    event.set_source("crm");
    event.set_occurred_at(1'767'225'600'000'000 + links_);
    *event.add_subject() = child.ToProto();
    *event.mutable_linked()->mutable_child() = child.ToProto();
    *event.mutable_linked()->mutable_parent() = parent.ToProto();
    EXPECT_TRUE(table_.Add(*Canonical(event, 1)).ok());
    resolver_.Advance(table_.end(), *table_.Affected(0, table_.end()));
  }

  void Unlink(const Id& child, v1::IdKind parent_kind) {
    v1::Event event;
    event.set_id(std::to_string(++links_));
    event.set_source("crm");
    event.set_occurred_at(1'767'225'600'000'000 + links_);
    *event.add_subject() = child.ToProto();
    *event.mutable_unlinked()->mutable_child() = child.ToProto();
    if (parent_kind != v1::ID_KIND_UNSPECIFIED) {
      event.mutable_unlinked()->mutable_parent()->set_kind(parent_kind);
    }
    EXPECT_TRUE(table_.Add(*Canonical(event, 1)).ok());
    resolver_.Advance(table_.end(), *table_.Affected(0, table_.end()));
  }

  LinkTable table_;
  Resolver resolver_{table_};
  int links_ = 0;
};

TEST_F(DealLinksTest, ADealOfAnAccountStaysItself) {
  Link(Deal("1"), Account("a"));
  EXPECT_EQ(resolver_.GoesOnAs(Deal("1")), Deal("1"));
  EXPECT_EQ(resolver_.Follow(Deal("1")), Account("a"));
}

TEST_F(DealLinksTest, AMergedDealGoesOnAsTheOtherOneInItsAccount) {
  Link(Deal("2"), Account("a"));
  Link(Deal("1"), Deal("2"));
  const Resolution resolved = resolver_.Resolve({Deal("1")}, 1'767'225'700'000'000, Id());
  EXPECT_EQ(resolved.opportunity, Deal("2"));
  EXPECT_EQ(resolved.root, Account("a"));
}

TEST_F(DealLinksTest, AMergedDealStaysMergedWhenItsAccountIsSaidAgain) {
  Link(Deal("2"), Account("b"));
  Link(Deal("1"), Account("a"));
  Link(Deal("1"), Deal("2"));
  Link(Deal("1"), Account("a"));
  EXPECT_EQ(resolver_.GoesOnAs(Deal("1")), Deal("2"));
  EXPECT_EQ(resolver_.Follow(Deal("1")), Account("b"));
  // The merge is undone: the account that was said holds.
  Unlink(Deal("1"), v1::OPPORTUNITY);
  EXPECT_EQ(resolver_.GoesOnAs(Deal("1")), Deal("1"));
  EXPECT_EQ(resolver_.Follow(Deal("1")), Account("a"));
}

TEST_F(DealLinksTest, AnAccountTakenAwayLeavesTheMergeAndTheOtherWayRound) {
  Link(Deal("1"), Account("a"));
  Link(Deal("1"), Deal("2"));
  Unlink(Deal("1"), v1::ACCOUNT);
  EXPECT_EQ(resolver_.GoesOnAs(Deal("1")), Deal("2"));
  Unlink(Deal("1"), v1::OPPORTUNITY);
  EXPECT_EQ(resolver_.Follow(Deal("1")), Deal("1"));
}

TEST_F(DealLinksTest, ADealCutLooseFromNobodyInParticularStandsAlone) {
  Link(Deal("1"), Account("a"));
  Link(Deal("1"), Deal("2"));
  Unlink(Deal("1"), v1::ID_KIND_UNSPECIFIED);
  EXPECT_EQ(resolver_.Follow(Deal("1")), Deal("1"));
}

TEST_F(DealLinksTest, ACircleOfDealsCountsAsItsSmallest) {
  Link(Deal("2"), Deal("1"));
  Link(Deal("1"), Deal("2"));
  EXPECT_EQ(resolver_.GoesOnAs(Deal("2")), Deal("1"));
}

}  // namespace
}  // namespace revops::test
