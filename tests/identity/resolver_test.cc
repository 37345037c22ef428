#include "engine/identity/resolver.h"

#include "absl/strings/str_cat.h"
#include "engine/event/event_order.h"
#include "gtest/gtest.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

constexpr char kAda[] = "contact:crm:ada";
constexpr char kBob[] = "contact:crm:bob";
constexpr char kAcme[] = "account:crm:acme";
constexpr char kInit[] = "account:crm:initech";

class ResolverTest : public testing::Test {
 protected:
  void Add(int hour, const std::string& body) {
    EXPECT_TRUE(table_.Add(DecodedOf({absl::StrCat("link", table_.end()), hour, {}, body})).ok());
    const LinkVersion from = resolver_.version();
    resolver_.Advance(table_.end(), *table_.Affected(from, table_.end()));
  }
  void Link(int hour, const std::string& child, const std::string& parent) {
    Add(hour, absl::StrCat("linked { ", Field("child", child), Field("parent", parent), "}"));
  }
  void Join(int hour, const std::string& contact, const std::string& account) {
    Add(hour, absl::StrCat("joined_account { ", Field("contact", contact),
                           Field("account", account), "}"));
  }
  void Leave(int hour, const std::string& contact, const std::string& account) {
    Add(hour,
        absl::StrCat("left_account { ", Field("contact", contact), Field("account", account), "}"));
  }
  Resolution Resolve(const std::vector<std::string>& subject, int hour) {
    std::vector<Id> ids;
    for (const std::string& id : subject) ids.push_back(IdOfText(id));
    return resolver_.Resolve(ids, kTestStart + hour * kTestHour, RecordRoot("alone"));
  }
  std::string Root(const std::vector<std::string>& subject, int hour = 0) {
    return ToText(Resolve(subject, hour).root);
  }
  // "joined ada from initech at 3", …
  std::vector<std::string> Tenures(const std::string& account, const std::string& person) {
    std::vector<std::string> words;
    for (const TenureAt& tenure : resolver_.TenuresIn(IdOfText(account), IdOfText(person))) {
      words.push_back(absl::StrCat(tenure.joined ? "joined" : "left", " ", tenure.other.value(),
                                   " at ", (InstantOf(tenure.order_key) - kTestStart) / kTestHour));
    }
    return words;
  }

  LinkTable table_;
  Resolver resolver_{table_};
};

TEST_F(ResolverTest, WithoutLinksTheFirstIdInItsOrderIsTheRoot) {
  EXPECT_EQ(Root({"anonymous:web:x"}), "anonymous:web:x");
  EXPECT_EQ(Root({"anonymous:web:x", kAda}), kAda);
  EXPECT_EQ(Root({"opportunity:crm:o", kAda}), kAda);
  EXPECT_EQ(Root({kAda, kAcme}), kAcme);
  EXPECT_EQ(Root({"campaign:crm:g"}), "campaign:crm:g");
  EXPECT_EQ(ToText(Resolve({}, 0).root), ToText(RecordRoot("alone")));
}

TEST_F(ResolverTest, AnEventOfALinkedDealIsTheAccountsAndKeepsItsDeal) {
  Link(5, "opportunity:crm:o", kAcme);
  const Resolution resolved = Resolve({"opportunity:crm:o", kAda}, 0);
  EXPECT_EQ(ToText(resolved.root), kAcme);
  EXPECT_EQ(ToText(resolved.opportunity), "opportunity:crm:o");
  EXPECT_EQ(ToText(resolved.person), kAda);
}

TEST_F(ResolverTest, AVisitorIdentifiedLateWasAlwaysThatContact) {
  Link(9, "anonymous:web:x", kAda);
  EXPECT_EQ(Root({"anonymous:web:x"}, 1), kAda);
  EXPECT_EQ(ToText(Resolve({"anonymous:web:x"}, 1).person), kAda);
}

TEST_F(ResolverTest, HistoryStaysWithTheCompanyWhereItHappened) {
  Join(3, kAda, kAcme);
  Join(6, kAda, kInit);
  EXPECT_EQ(Root({kAda}, 1), kAcme);  // before the first: with the first
  EXPECT_EQ(Root({kAda}, 4), kAcme);
  EXPECT_EQ(Root({kAda}, 6), kInit);
}

TEST_F(ResolverTest, WhoLeftIsOnTheirOwn) {
  Join(3, kAda, kAcme);
  Leave(6, kAda, kAcme);
  EXPECT_EQ(Root({kAda}, 4), kAcme);
  EXPECT_EQ(Root({kAda}, 7), kAda);
}

TEST_F(ResolverTest, JoiningAndLeavingAreToldToBothAccounts) {
  Join(3, kAda, kAcme);
  Join(6, kAda, kInit);
  EXPECT_EQ(Tenures(kAcme, kAda), (std::vector<std::string>{"joined  at 3", "left initech at 6"}));
  EXPECT_EQ(Tenures(kInit, kAda), (std::vector<std::string>{"joined acme at 6"}));
}

TEST_F(ResolverTest, JoiningTheSameAccountTwiceIsJoiningOnce) {
  Join(3, kAda, kAcme);
  Join(6, kAda, kAcme);
  EXPECT_EQ(Tenures(kAcme, kAda), (std::vector<std::string>{"joined  at 3"}));
}

TEST_F(ResolverTest, MergedContactsHaveOneHistory) {
  Join(3, kAda, kAcme);
  Join(6, kBob, kInit);
  Link(9, kAda, kBob);
  EXPECT_EQ(Root({kAda}, 7), kInit);
  EXPECT_EQ(Root({kBob}, 4), kAcme);
  EXPECT_EQ(ToText(Resolve({kAda}, 4).person), kBob);
}

TEST_F(ResolverTest, AMergeThatIsUndoneLeavesNoTrace) {
  Join(3, kAda, kAcme);
  Link(9, kAda, kBob);
  Add(10, absl::StrCat("unlinked { ", Field("child", kAda), Field("parent", kBob), "}"));
  EXPECT_EQ(Root({kAda}, 4), kAcme);
  EXPECT_EQ(Root({kBob}, 4), kBob);
}

TEST_F(ResolverTest, MergedAccountsAreOneForAllTheirPeople) {
  Join(3, kAda, kAcme);
  Link(9, kAcme, kInit);
  EXPECT_EQ(Root({kAda}, 4), kInit);
  EXPECT_EQ(Root({kAcme}, 4), kInit);
  EXPECT_EQ(Tenures(kInit, kAda), (std::vector<std::string>{"joined  at 3"}));
}

TEST_F(ResolverTest, MovingBetweenAccountsThatWereMergedIsNoMove) {
  Join(3, kAda, kAcme);
  Join(6, kAda, kInit);
  Link(9, kAcme, kInit);
  EXPECT_EQ(Tenures(kInit, kAda), (std::vector<std::string>{"joined  at 3"}));
}

TEST_F(ResolverTest, ACycleCountsAsItsSmallestId) {
  Link(1, kAda, kBob);
  Link(2, kBob, "contact:crm:cyd");
  Link(3, "contact:crm:cyd", kAda);
  for (const char* id : {kAda, kBob, "contact:crm:cyd"}) EXPECT_EQ(Root({id}), kAda);
  Link(4, "contact:crm:aaa", kBob);  // leads into the cycle, is no part of it
  EXPECT_EQ(Root({"contact:crm:aaa"}), kAda);
}

TEST_F(ResolverTest, ALinkThatArrivesLateChangesWhatWasAnsweredBefore) {
  EXPECT_EQ(Root({"anonymous:web:x"}), "anonymous:web:x");
  Link(1, "anonymous:web:x", kAda);
  EXPECT_EQ(Root({"anonymous:web:x"}), kAda);
  Join(1, kAda, kAcme);
  EXPECT_EQ(Root({"anonymous:web:x"}), kAcme);
}

}  // namespace
}  // namespace revops::test
