#include "engine/query/whereabouts.h"

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

const Id kAda(v1::CONTACT, "crm", "ada");
const Id kAcme(v1::ACCOUNT, "crm", "acme");
const Id kZebra(v1::ACCOUNT, "crm", "zebra");
const Id kDeal(v1::OPPORTUNITY, "crm", "deal");

void Add(LinkTable& links, const std::string& text) {
  v1::Event event;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  event.set_source("crm");
  event.set_id(std::to_string(links.end()));
  const auto decoded = Canonical(event, 0);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(links.Add(*decoded).ok());
}

constexpr char kJoinsAcme[] =
    "occurred_at: 100 subject { kind: CONTACT namespace: 'crm' value: 'ada' } joined_account { "
    "contact { kind: CONTACT namespace: 'crm' value: 'ada' } "
    "account { kind: ACCOUNT namespace: 'crm' value: 'acme' } }";
constexpr char kLeavesAcme[] =
    "occurred_at: 200 subject { kind: CONTACT namespace: 'crm' value: 'ada' } left_account { "
    "contact { kind: CONTACT namespace: 'crm' value: 'ada' } "
    "account { kind: ACCOUNT namespace: 'crm' value: 'acme' } }";
constexpr char kDealOfAcme[] =
    "occurred_at: 100 subject { kind: OPPORTUNITY namespace: 'crm' value: 'deal' } linked { "
    "child { kind: OPPORTUNITY namespace: 'crm' value: 'deal' } "
    "parent { kind: ACCOUNT namespace: 'crm' value: 'acme' } }";

TEST(WhereaboutsTest, APersonNeverLinkedIsCurrentWhereverTheyAreNamed) {
  LinkTable links;
  Whereabouts whereabouts(links, 0);
  EXPECT_TRUE(whereabouts.Current(kAcme, kAda, 150));
  EXPECT_TRUE(whereabouts.Current(kAda, kAda, 150));
}

TEST(WhereaboutsTest, APersonIsCurrentWhereTheyBelongAtTheInstant) {
  LinkTable links;
  Add(links, kJoinsAcme);
  Add(links, kLeavesAcme);
  Whereabouts whereabouts(links, links.end());
  EXPECT_TRUE(whereabouts.Current(kAcme, kAda, 150));
  EXPECT_FALSE(whereabouts.Current(kZebra, kAda, 150));
  EXPECT_FALSE(whereabouts.Current(kAda, kAda, 150));
  // Having left, they are on their own.
  EXPECT_FALSE(whereabouts.Current(kAcme, kAda, 250));
  EXPECT_TRUE(whereabouts.Current(kAda, kAda, 250));
}

TEST(WhereaboutsTest, LinksBeyondTheStoresVersionDoNotExistYet) {
  LinkTable links;
  Add(links, kJoinsAcme);
  Add(links, kLeavesAcme);
  Whereabouts whereabouts(links, 1);
  EXPECT_TRUE(whereabouts.Current(kAcme, kAda, 250));
}

TEST(WhereaboutsTest, ADealIsCurrentAtTheAccountItIsLinkedTo) {
  LinkTable links;
  Whereabouts unlinked(links, 0);
  EXPECT_TRUE(unlinked.Current(kZebra, kDeal, 150));
  Add(links, kDealOfAcme);
  Whereabouts linked(links, links.end());
  EXPECT_TRUE(linked.Current(kAcme, kDeal, 150));
  EXPECT_FALSE(linked.Current(kZebra, kDeal, 150));
}

}  // namespace
}  // namespace revops
