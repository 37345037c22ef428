// New customers of whole groups: by hand, and over random companies against a count by brute force.
#include "engine/query/group_customers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "engine/query/explain.h"
#include "engine/query/kpi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallNow;
using test::SmallEngine;
using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400'000'000;
// 2021-01-01, long before the engine's now. Days of these tests count from it.
constexpr int64_t kStart = int64_t{1609459200} * 1'000'000;
constexpr char kKpi[] = "new_customers";  // of the default model: of groups
constexpr char kAccounts[] = "new_accounts";

std::string At(const std::string& account, int day, const std::string& rest) {
  return absl::StrCat(About("account:crm:" + account), "occurred_at: ", kStart + day * kDay, " ",
                      rest);
}
std::string ChildOf(const std::string& account, const std::string& parent, int day = 0) {
  return At(account, day,
            absl::StrCat("traits { ultimate_parent { kind: ACCOUNT namespace: 'crm' value: '",
                         parent, "' } }"));
}
std::string Subscribed(const std::string& account, int day, std::optional<int> from = {}) {
  const std::string effective =
      from.has_value() ? absl::StrCat("effective_date: ", kStart + *from * kDay) : "";
  return At(account, day,
            absl::StrCat("subscription { subscription_id: 's-", account,
                         "' action: STARTED monthly_amount { currency_code: 'EUR' units: 10 } ",
                         effective, " }"));
}
std::string Cancelled(const std::string& account, int day) {
  return At(account, day,
            absl::StrCat("subscription { subscription_id: 's-", account, "' action: CANCELLED }"));
}
std::string Ordered(const std::string& account, int day) {
  return At(account, day, "order { amount { currency_code: 'EUR' units: 10 } }");
}
std::string Deal(const std::string& account, const std::string& deal, int day,
                 const std::string& body) {
  return absl::StrCat(About("opportunity:crm:" + deal), At(account, day, body));
}

v1::KpiResponse Answer(SmallEngine& small, const v1::KpiRequest& request) {
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok()) << look.status();
  auto response = AskKpis(small.engine(), *look, kSmallNow, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *std::move(response) : v1::KpiResponse();
}

// Of all days before `day`, as of then; by default of all.
std::string Kpi(SmallEngine& small, const std::string& name, std::optional<int> day = {}) {
  v1::KpiRequest request;
  request.add_names(name);
  if (day.has_value()) request.set_at(kStart + *day * kDay - 1);
  return Answer(small, request).kpis(0).points(0).value();
}

std::string After(const std::vector<std::string>& events) {
  SmallEngine small;
  small.Given(events);
  return Kpi(small, kKpi);
}

TEST(GroupCustomersTest, ASisterOfAPayingAccountIsNoNewCustomerOfTheGroup) {
  SmallEngine small;
  small.Given({ChildOf("north", "top"), ChildOf("south", "top"), Subscribed("north", 10),
               Subscribed("south", 40), Subscribed("other", 50)});
  EXPECT_EQ(Kpi(small, kAccounts), "3");
  EXPECT_EQ(Kpi(small, kKpi), "2");
}

TEST(GroupCustomersTest, WithoutAnyGroupEachAccountCounts) {
  SmallEngine small;
  small.Given({Subscribed("north", 10), Subscribed("south", 40), Ordered("other", 50)});
  EXPECT_EQ(Kpi(small, kKpi), "3");
  v1::KpiRequest request;
  request.add_names(kKpi);
  request.set_from_day("2021-02-01");
  request.add_by("by");
  const v1::KpiResponse response = Answer(small, request);
  ASSERT_EQ(response.kpis(0).points_size(), 2);
  EXPECT_EQ(response.kpis(0).points(0).slice(0), "order");
  EXPECT_EQ(response.kpis(0).points(1).slice(0), "subscription");
  EXPECT_EQ(response.kpis(0).points(1).value(), "1");
}

TEST(GroupCustomersTest, TheParentItselfIsOfItsGroup) {
  EXPECT_EQ(After({ChildOf("north", "top"), Subscribed("top", 10), Subscribed("north", 40)}), "1");
}

TEST(GroupCustomersTest, AParentOfAParentAndACircleAreOneGroup) {
  EXPECT_EQ(After({ChildOf("north", "top"), ChildOf("top", "holding"), Subscribed("holding", 10),
                   Subscribed("north", 40), Subscribed("top", 41)}),
            "1");
  EXPECT_EQ(After({ChildOf("a", "b"), ChildOf("b", "a"), ChildOf("c", "b"), Subscribed("a", 10),
                   Subscribed("b", 40), Subscribed("c", 41)}),
            "1");
}

TEST(GroupCustomersTest, AYearWithoutAnyIncomeMakesTheGroupNewAgain) {
  // Ended on 11 April 2021 (day 100): the year is over on 11 April 2022, day 465.
  for (const auto& [day, expected] :
       {std::pair<int, const char*>{464, "1"}, {465, "2"}, {500, "2"}}) {
    EXPECT_EQ(After({ChildOf("north", "top"), ChildOf("south", "top"), Subscribed("north", 10),
                     Cancelled("north", 100), Subscribed("south", day)}),
              expected)
        << day;
  }
}

TEST(GroupCustomersTest, AFurtherOrderOfASisterKeepsTheGroupACustomer) {
  EXPECT_EQ(After({ChildOf("north", "top"), ChildOf("south", "top"), Ordered("north", 10),
                   Ordered("north", 300), Ordered("south", 500)}),
            "1");
  EXPECT_EQ(After({ChildOf("north", "top"), ChildOf("south", "top"), Ordered("north", 10),
                   Ordered("south", 500)}),
            "2");
}

TEST(GroupCustomersTest, OfTwoAccountsWonOnOneDayOneCounts) {
  EXPECT_EQ(After({ChildOf("north", "top"), Ordered("north", 10), Ordered("top", 10)}), "1");
}

TEST(GroupCustomersTest, ABackdatedStartKeepsNobodyFromCounting) {
  // Told on day 40 that it pays since day 5; the sister was won on day 20.
  EXPECT_EQ(After({ChildOf("north", "top"), Subscribed("north", 40, 5), Subscribed("top", 20)}),
            "1");
  EXPECT_EQ(After({ChildOf("north", "top"), Subscribed("north", 40, 5)}), "1");
}

TEST(GroupCustomersTest, AWinTakenBackTakesTheGroupBackUnlessASisterIsACustomer) {
  const std::vector<std::string> alone = {
      ChildOf("north", "top"), ChildOf("south", "top"),
      Deal("north", "d", 5, "opportunity_opened {}"),
      Deal("north", "d", 10, "opportunity_closed { outcome: WON }"),
      Deal("north", "d", 50, "opportunity_reopened {}")};
  SmallEngine small;
  small.Given(alone);
  EXPECT_EQ(Kpi(small, kKpi), "0");
  EXPECT_EQ(Kpi(small, kKpi, 50), "1");

  std::vector<std::string> sister = alone;
  sister.push_back(Ordered("south", 30));
  EXPECT_EQ(After(sister), "1");
  // Won after it was taken back, the sister is the group's first.
  std::vector<std::string> later = alone;
  later.push_back(Ordered("south", 60));
  SmallEngine after;
  after.Given(later);
  EXPECT_EQ(Kpi(after, kKpi), "1");
  EXPECT_EQ(Kpi(after, kKpi, 55), "0");
}

TEST(GroupCustomersTest, ALaterWinThatIsTakenBackKeepsTheGroupACustomerNoLonger) {
  std::vector<std::string> events = {ChildOf("north", "top"),
                                     ChildOf("south", "top"),
                                     Deal("north", "d", 5, "opportunity_opened {}"),
                                     Deal("north", "d", 10, "opportunity_closed { outcome: WON }"),
                                     Deal("north", "e", 290, "opportunity_opened {}"),
                                     Deal("north", "e", 300, "opportunity_closed { outcome: WON }"),
                                     Ordered("south", 400)};
  EXPECT_EQ(After(events), "1");
  // What is left was won more than twelve months before the sister's order.
  events.push_back(Deal("north", "e", 350, "opportunity_reopened {}"));
  EXPECT_EQ(After(events), "2");
}

TEST(GroupCustomersTest, GroupsThatBecomeOneAreOneForTheirPastAndTwoAsOfThen) {
  SmallEngine small;
  small.Given({ChildOf("north", "top"), ChildOf("south", "other"), Subscribed("north", 10),
               Subscribed("south", 40), ChildOf("south", "top", 100)});
  EXPECT_EQ(Kpi(small, kKpi), "1");
  EXPECT_EQ(Kpi(small, kKpi, 99), "2");
  EXPECT_EQ(Kpi(small, kKpi, 101), "1");
}

TEST(GroupCustomersTest, AParentThatWasMergedIntoAnotherIsThatOne) {
  EXPECT_EQ(After({ChildOf("north", "old"), Subscribed("top", 10), Subscribed("north", 40),
                   At("old", 50,
                      "merged { merged { kind: ACCOUNT namespace: 'crm' value: 'old' } "
                      "into { kind: ACCOUNT namespace: 'crm' value: 'top' } }")}),
            "1");
}

TEST(GroupCustomersTest, CostOfANewCustomerIsOfGroups) {
  SmallEngine small;
  small.Given({ChildOf("north", "top"), Subscribed("north", 10), Subscribed("top", 20),
               absl::StrCat(About("company:us:us"), "occurred_at: ", kStart,
                            " spend { amount { currency_code: 'EUR' units: 600 } "
                            "motion: NEW from_day: ",
                            kStart, " to_day: ", kStart + 30 * kDay, " }")});
  v1::KpiRequest request;
  request.add_names("cac");
  request.set_from_day("2021-01-01");
  EXPECT_EQ(Answer(small, request).kpis(0).points(0).value(), "600");
}

TEST(GroupCustomersTest, AnotherSliceIsRefusedWithThoseThereAre) {
  SmallEngine small;
  small.Given({ChildOf("north", "top"), Subscribed("north", 10)});
  const auto look = LookAt(small.engine());
  v1::KpiRequest request;
  request.add_names(kKpi);
  request.add_by("customer");
  const absl::Status status = AskKpis(small.engine(), *look, kSmallNow, request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("cannot be sliced by customer; it can be by by, sourced_by"));
}

TEST(GroupCustomersTest, AnExplanationNamesTheWinsAndFoldsAgainToTheSameNumber) {
  SmallEngine small;
  small.Given({ChildOf("north", "top"), ChildOf("south", "top"), Subscribed("north", 10),
               Subscribed("south", 40)});
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok()) << look.status();
  v1::ExplainRequest request;
  request.set_kpi(kKpi);
  const auto response = Explain(small.engine(), *look, kSmallNow, request, nullptr);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->equal());
  ASSERT_EQ(response->terms_size(), 1);
  EXPECT_EQ(response->terms(0).counted(), "1");
  EXPECT_EQ(response->terms(0).added(), "1");
  ASSERT_EQ(response->events_size(), 2);
  for (const auto& event : response->events()) {
    ASSERT_EQ(event.cells_size(), 1);
    EXPECT_EQ(event.cells(0).measure(), "new_customers");
    EXPECT_EQ(event.cells(0).added(), "1");
  }
}

// --- By brute force ---------------------------------------------------------------------------

struct Win {
  int day;
  int account;
};

// What accounts did, without backdating: each day told on itself.
struct Story {
  std::vector<std::string> events;
  std::vector<Win> wins;                               // by day
  std::vector<std::vector<std::pair<int, int>>> pays;  // account -> [from, until)
  std::vector<int> top;                                // account -> its group
};

Story Invent(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  const int accounts = 3 + below(6);
  Story story;
  story.pays.resize(static_cast<size_t>(accounts));
  std::vector<int> up(static_cast<size_t>(accounts), -1);
  for (int account = 0; account < accounts; ++account) {
    // A parent is an account before it, so that there is no circle.
    if (account > 0 && below(3) > 0) {
      up[static_cast<size_t>(account)] = below(account);
      story.events.push_back(ChildOf(absl::StrCat("a", account),
                                     absl::StrCat("a", up[static_cast<size_t>(account)]),
                                     below(900)));
    }
    int top = account;
    while (up[static_cast<size_t>(top)] >= 0) top = up[static_cast<size_t>(top)];
    story.top.push_back(top);
    const std::string name = absl::StrCat("a", account);
    int day = below(700);
    for (int i = below(4); i >= 0 && day < 1100; --i) {
      story.wins.push_back({day, account});
      if (below(2) == 0) {
        story.events.push_back(Ordered(name, day));
      } else {
        story.events.push_back(Subscribed(name, day));
        const int until = day + 1 + below(200);
        story.events.push_back(Cancelled(name, until));
        story.pays[static_cast<size_t>(account)].push_back({day, until});
        day = until;
      }
      day += 1 + below(600);
    }
  }
  std::shuffle(story.events.begin(), story.events.end(), random);
  std::sort(story.wins.begin(), story.wins.end(), [](const Win& a, const Win& b) {
    return a.day != b.day ? a.day < b.day : a.account < b.account;
  });
  return story;
}

// Whether a year lies between two days, which are counted from kStart.
bool YearBetween(int earlier, int later) {
  const absl::CivilDay from = absl::CivilDay(2021, 1, 1) + earlier;
  const absl::CivilDay to = absl::CivilDay(2021, 1, 1) + later;
  return to >= absl::CivilDay(from.year() + 1, from.month(), from.day());
}

// A win counts if it is its account's first, or the account had recurring revenue, and if nobody
// of the group (or, `alone`, the account) won or was paid within a year.
int CountByHand(const Story& story, bool alone) {
  int count = 0;
  for (size_t i = 0; i < story.wins.size(); ++i) {
    const Win& win = story.wins[i];
    const auto same = [&](int account) {
      return alone ? account == win.account
                   : story.top[static_cast<size_t>(account)] ==
                         story.top[static_cast<size_t>(win.account)];
    };
    bool first = true, recent = false, had = false;
    for (size_t j = 0; j < i; ++j) {
      const Win& other = story.wins[j];
      first = first && other.account != win.account;
      recent = recent || (same(other.account) && !YearBetween(other.day, win.day));
    }
    for (int account = 0; account < static_cast<int>(story.pays.size()); ++account) {
      for (const auto& [from, until] : story.pays[static_cast<size_t>(account)]) {
        if (from >= win.day) continue;
        had = had || account == win.account;
        recent = recent || (same(account) && !YearBetween(until, win.day));
      }
    }
    if ((first || had) && !recent) ++count;
  }
  return count;
}

TEST(GroupCustomersTest, RandomCompaniesCountAsByBruteForce) {
  int differ = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const Story story = Invent(seed);
    SmallEngine small;
    small.Given(story.events);
    const int groups = CountByHand(story, false);
    const int accounts = CountByHand(story, true);
    EXPECT_EQ(Kpi(small, kKpi), absl::StrCat(groups)) << "seed " << seed;
    EXPECT_EQ(Kpi(small, kAccounts), absl::StrCat(accounts)) << "seed " << seed;
    if (groups != accounts) ++differ;
  }
  EXPECT_GT(differ, 20);  // else the companies were too plain to tell
}

}  // namespace
}  // namespace revops
