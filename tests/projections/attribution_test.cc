// Source of the expected figures: definitions.md §3 and §4 (published examples, recomputed).
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"
#include "tests/support/small_model.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using View = v1::AttributionView;

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;
const Id kDeal(v1::OPPORTUNITY, "crm", "o");

constexpr char kModels[] = R"(
  model { name: "first" version: 1 first_ppm: 1000000 }
  model { name: "last" version: 1 last_ppm: 1000000 }
  model { name: "last_non_direct" version: 1 last_ppm: 1000000 skip_direct: true }
  model { name: "linear" version: 1 others_ppm: 1000000 }
  model { name: "position" version: 1 first_ppm: 400000 others_ppm: 200000 last_ppm: 400000 }
  model { name: "decay" version: 1 others_ppm: 1000000 half_life_days: 7 }
  model { name: "decay_1" version: 1 others_ppm: 1000000 half_life_days: 1 }
  model { name: "u" version: 1 first_ppm: 400000 lead_ppm: 400000 others_ppm: 200000 }
  model {
    name: "w" version: 1 first_ppm: 300000 lead_ppm: 300000 opportunity_ppm: 300000
    others_ppm: 100000
  }
  model {
    name: "full" version: 1 first_ppm: 225000 lead_ppm: 225000 opportunity_ppm: 225000
    won_ppm: 225000 others_ppm: 100000
  }
  model { name: "marketing" version: 1 others_ppm: 1000000 without_team: SALES }
  model { name: "runs" version: 1 others_ppm: 1000000 collapse_repeats: true }
  model { name: "month" version: 1 others_ppm: 1000000 lookback_days: 30 })";

std::shared_ptr<const RevenueModel> Model(const std::string& section = "") {
  return SmallModel(absl::StrCat(kDemoQualifies, R"(
        channels {
          default_channel: "other"
          rule { channel: "direct" when { field: "channel" equals: "direct" } }
          rule { channel: "a" when { field: "channel" equals: "a" } }
          rule { channel: "b" when { field: "channel" equals: "b" } }
          rule { channel: "c" when { field: "channel" equals: "c" } }
        }
        attribution {
          lookback_days: 90 without_kind: "email.opened" by_session: true direct_channel: "direct"
          )",
                                 section, kModels, "}"));
}

constexpr char kAdaAtAcme[] =
    "subject { kind: CONTACT namespace: 'crm' value: 'ada' } "
    "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ";
constexpr char kBobAtAcme[] =
    "subject { kind: CONTACT namespace: 'crm' value: 'bob' } "
    "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ";
constexpr char kOfDeal[] =
    "subject { kind: OPPORTUNITY namespace: 'crm' value: 'o' } "
    "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ";

std::string At(double day) {
  return absl::StrCat("occurred_at: ", kDriverStart + static_cast<int64_t>(day * kDay), " ");
}
std::string Touch(double day, const std::string& channel = "a", const std::string& rest = "") {
  return absl::StrCat(kAdaAtAcme, At(day), "channel: '", channel, "' ", rest, " form {}");
}
std::string Opened(double day, const std::string& fields = "") {
  return absl::StrCat(kOfDeal, At(day), "opportunity_opened { fields { ", fields, " } }");
}
std::string Won(double day, const std::string& amount = "units: 12000",
                const std::string& fields = "") {
  return absl::StrCat(kOfDeal, At(day), "opportunity_closed { outcome: WON fields { ", fields,
                      " amount { currency_code: 'EUR' ", amount, " } } }");
}

View Row(const ProjectionDriver& views, const Id& deal = kDeal) {
  const auto row = views.Get<View>(deal);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : View();
}

std::vector<std::string> Amounts(const v1::AttributedDeal& deal, const std::string& model) {
  std::vector<std::string> amounts;
  for (const auto& credit : deal.credits()) {
    if (credit.model() != model) continue;
    for (const auto& amount : credit.amounts()) {
      amounts.push_back(Money::FromProto(amount)->ToText().substr(4));
    }
  }
  return amounts;
}
std::vector<std::string> Shares(const v1::AttributedDeal& deal, const std::string& model) {
  for (const auto& credit : deal.credits()) {
    if (credit.model() == model) return {credit.shares().begin(), credit.shares().end()};
  }
  return {};
}

// Touches at these days, the deal opened and won at the end of them.
v1::AttributedDeal WonAfter(const std::vector<double>& days) {
  ProjectionDriver views(Model());
  for (const double day : days) views.Given({Touch(day)});
  views.Given({Opened(days.back()), Won(days.back())});
  return Row(views).won();
}

TEST(AttributionTest, TimeDecayHalvesEverySevenDays) {
  // Each rounded by itself, the first would be 175.20 and the sum a cent too much.
  const auto deal = WonAfter({0, 5, 12, 30, 38});
  EXPECT_THAT(Amounts(deal, "decay"),
              ElementsAre("175.19", "287.44", "574.88", "3417.04", "7545.45"));
  EXPECT_THAT(Amounts(deal, "linear"),
              ElementsAre("2400.00", "2400.00", "2400.00", "2400.00", "2400.00"));
  EXPECT_THAT(Amounts(deal, "position"),
              ElementsAre("4800.00", "800.00", "800.00", "800.00", "4800.00"));
  EXPECT_THAT(Shares(WonAfter({0, 14, 21, 28}), "decay"),
              ElementsAre("3.4483 %", "13.7931 %", "27.5862 %", "55.1724 %"));
  EXPECT_THAT(Shares(WonAfter({0, 7}), "decay"), ElementsAre("33.3333 %", "66.6667 %"));
  EXPECT_THAT(Shares(WonAfter({0, 1, 2}), "decay_1"),
              ElementsAre("14.2857 %", "28.5714 %", "57.1429 %"));
}

TEST(AttributionTest, PositionGivesFortyTwentyForty) {
  EXPECT_THAT(Shares(WonAfter({0}), "position"), ElementsAre("100.0000 %"));
  EXPECT_THAT(Shares(WonAfter({0, 1}), "position"), ElementsAre("50.0000 %", "50.0000 %"));
  EXPECT_THAT(Shares(WonAfter({0, 1, 2, 3}), "position"),
              ElementsAre("40.0000 %", "10.0000 %", "10.0000 %", "40.0000 %"));
}

// `lead` and `opened` are days of the milestones; the touches are on days 1, 2, 3, …
std::string SharesByMilestones(int touches, const std::string& model, double lead, double opened,
                               double won) {
  ProjectionDriver views(Model());
  std::vector<std::pair<double, std::string>> events;
  for (int i = 1; i <= touches; ++i) events.push_back({i, Touch(i)});
  events.push_back({lead, absl::StrCat(kAdaAtAcme, At(lead), "lead { action: CREATED }")});
  events.push_back({opened, Opened(opened)});
  events.push_back({won, Won(won)});
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [day, event] : events) views.Given({event});
  return absl::StrJoin(Shares(Row(views).won(), model), " ");
}

TEST(AttributionTest, MilestonesGoToTheLastTouchBeforeThem) {
  // W, five touches: first 1, lead 3, opening 5.
  EXPECT_EQ(SharesByMilestones(5, "w", 3.5, 5.5, 9),
            "30.0000 % 5.0000 % 30.0000 % 5.0000 % 30.0000 %");
  // First and lead on one touch, opening on the fourth of four.
  EXPECT_EQ(SharesByMilestones(4, "w", 1.5, 4.5, 9), "60.0000 % 5.0000 % 5.0000 % 30.0000 %");
  EXPECT_EQ(SharesByMilestones(6, "full", 2.5, 4.5, 6.5),
            "22.5000 % 22.5000 % 5.0000 % 22.5000 % 5.0000 % 22.5000 %");
  // Three touches that are all milestones share alike.
  EXPECT_EQ(SharesByMilestones(3, "w", 2.5, 3.5, 9), "33.3333 % 33.3333 % 33.3333 %");
  EXPECT_EQ(SharesByMilestones(1, "full", 1.5, 1.6, 2), "100.0000 %");
  // No touch before the lead: that milestone drops out, the others grow: 3/7, 1/7, 3/7.
  EXPECT_EQ(SharesByMilestones(3, "w", 0.5, 3.5, 9), "42.8571 % 14.2857 % 42.8571 %");
  EXPECT_EQ(SharesByMilestones(3, "u", 2.5, 3.5, 9), "40.0000 % 40.0000 % 20.0000 %");
}

TEST(AttributionTest, DirectTeamsRepeatsAndLookbackAreParameters) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "c"), Touch(40, "a"), Touch(41, "a"), Touch(42, "b", "team: SALES"),
               Touch(43, "direct"), Opened(44), Won(45)});
  const auto deal = Row(views).won();
  EXPECT_THAT(Shares(deal, "last"),
              ElementsAre("0.0000 %", "0.0000 %", "0.0000 %", "0.0000 %", "100.0000 %"));
  EXPECT_THAT(Shares(deal, "last_non_direct"),
              ElementsAre("0.0000 %", "0.0000 %", "0.0000 %", "100.0000 %", "0.0000 %"));
  EXPECT_THAT(Shares(deal, "marketing"),
              ElementsAre("25.0000 %", "25.0000 %", "25.0000 %", "0.0000 %", "25.0000 %"));
  EXPECT_THAT(Shares(deal, "runs"),
              ElementsAre("25.0000 %", "25.0000 %", "0.0000 %", "25.0000 %", "25.0000 %"));
  EXPECT_THAT(Shares(deal, "month"),
              ElementsAre("0.0000 %", "25.0000 %", "25.0000 %", "25.0000 %", "25.0000 %"));
  // All direct: the last of them.
  ProjectionDriver direct(Model());
  direct.Given({Touch(0, "direct"), Touch(1, "direct"), Opened(2), Won(3)});
  EXPECT_THAT(Shares(Row(direct).won(), "last_non_direct"), ElementsAre("0.0000 %", "100.0000 %"));
}

TEST(AttributionTest, TheLookbackIsDaysOf86400SecondsAndIncludesItsEdge) {
  ProjectionDriver views(Model());
  views.Given({Touch(-0.00001, "a"), Touch(0, "b"), Opened(1), Won(90)});
  EXPECT_EQ(Row(views).won().touches_size(), 1);
  EXPECT_EQ(Row(views).won().touches(0).channel(), "b");
}

TEST(AttributionTest, AModelsOwnLookbackIncludesItsEdge) {
  ProjectionDriver views(Model());
  views.Given({Touch(14, "b"), Touch(15, "c"), Touch(40, "a"), Opened(44), Won(45)});
  EXPECT_THAT(Shares(Row(views).won(), "month"), ElementsAre("0.0000 %", "50.0000 %", "50.0000 %"));
}

TEST(AttributionTest, NoEligibleTouchIsAnUnattributedRow) {
  ProjectionDriver views(Model());
  views.Given({absl::StrCat(kAdaAtAcme, "email { action: OPENED }"), Opened(1), Won(2)});
  const auto deal = Row(views).won();
  for (const auto& credit : deal.credits()) EXPECT_TRUE(credit.unattributed());
  EXPECT_EQ(
      ToDecimal(views.Sum("attributed_amount",
                          {{"currency", "EUR"}, {"model", "linear"}, {"channel", "unattributed"}})),
      "12000000000");
}

TEST(AttributionTest, CreditSumsToTheAmountToTheMinorUnitForEveryModel) {
  for (const char* amount : {"units: 100", "nanos: 10000000", "units: 99999 nanos: 990000000",
                             "units: 0", "units: -70", "units: 1 nanos: 1000"}) {
    ProjectionDriver views(Model());
    views.Given({Touch(0, "a"), Touch(1, "b"), Touch(2, "c"), Touch(3, "direct"), Touch(4.5, "a"),
                 Touch(6, "b"), Touch(7.25, "c"), Opened(8), Won(9, amount)});
    const auto deal = Row(views).won();
    ASSERT_EQ(deal.credits_size(), 13);
    for (const auto& credit : deal.credits()) {
      int128 sum = 0;
      for (const auto& part : credit.amounts()) sum += Money::FromProto(part)->micros();
      EXPECT_EQ(ToDecimal(sum), ToDecimal(Money::FromProto(deal.amount())->micros()))
          << credit.model() << " of " << amount;
      EXPECT_EQ(ToDecimal(views.Sum("attributed_won_e12", {{"model", credit.model()}})),
                "1000000000000");
    }
  }
}

TEST(AttributionTest, PeopleAreTheContactRolesElseTheAccount) {
  const std::string bob = absl::StrCat(kBobAtAcme, At(1), "channel: 'b' form {}");
  ProjectionDriver account(Model());
  account.Given({Touch(0, "a"), bob, Opened(2), Won(3)});
  EXPECT_EQ(Row(account).won().people(), "account");
  EXPECT_EQ(Row(account).won().touches_size(), 2);

  // Bob's role; and a touch of ada's that names the deal.
  const std::string role =
      "contact_roles { contact { kind: CONTACT namespace: 'crm' value: 'bob' } role: 'buyer' }";
  ProjectionDriver roles(Model());
  roles.Given({Touch(0, "a"), bob, Opened(2, role),
               absl::StrCat(kOfDeal, "subject { kind: CONTACT namespace: 'crm' value: 'ada' } ",
                            At(2.5), "channel: 'c' form {}"),
               Won(3)});
  const auto deal = Row(roles).won();
  EXPECT_EQ(deal.people(), "contact_roles");
  ASSERT_EQ(deal.touches_size(), 2);
  EXPECT_EQ(deal.touches(0).channel(), "b");
  EXPECT_EQ(deal.touches(1).channel(), "c");
  EXPECT_EQ(Row(roles).created().touches_size(), 1);
}

TEST(AttributionTest, OneInteractionAndOneSessionAreOneTouch) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a", "interaction_id: 'w'"),
               absl::StrCat(kBobAtAcme, At(0.5), "channel: 'a' interaction_id: 'w' form {}"),
               Touch(1, "b", "session_id: 's'"), Touch(1.1, "b", "session_id: 's'"),
               Touch(1.2, "c", "session_id: 's'"), Opened(2), Won(3)});
  EXPECT_THAT(Shares(Row(views).won(), "linear"),
              ElementsAre("33.3333 %", "33.3333 %", "33.3333 %"));
}

TEST(AttributionTest, AnExpansionLooksBackToThePreviousWin) {
  const std::string second =
      "subject { kind: OPPORTUNITY namespace: 'crm' value: 'x' } "
      "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ";
  for (const char* motion : {"NEW", "EXPANSION"}) {
    ProjectionDriver views(Model());
    views.Given(
        {Touch(0, "a"), Opened(1), Won(2), Touch(3, "b"),
         absl::StrCat(second, At(4), "opportunity_opened { fields { motion: ", motion, " } }"),
         absl::StrCat(second, At(5), "opportunity_closed { outcome: WON }")});
    EXPECT_EQ(Row(views, Id(v1::OPPORTUNITY, "crm", "x")).won().touches_size(),
              motion == std::string("NEW") ? 2 : 1);
  }
}

TEST(AttributionTest, AReopenedDealPostsAReversingEntryOnItsDay) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"), Opened(1), Won(2)});
  const std::map<std::string, std::string> dims = {
      {"currency", "EUR"}, {"model", "last"}, {"channel", "a"}};
  const int32_t day = static_cast<int32_t>(kDriverStart / kDay);
  EXPECT_EQ(ToDecimal(views.SumOn(day + 2, "attributed_amount", dims)), "12000000000");
  EXPECT_EQ(ToDecimal(views.SumOn(day, "attributed_amount_by_touch",
                                  {{"currency", "EUR"},
                                   {"model", "last"},
                                   {"booking_month", "2026-01"},
                                   {"channel", "a"}})),
            "12000000000");
  views.Given({absl::StrCat(kOfDeal, At(40), "opportunity_reopened {}")});
  EXPECT_EQ(ToDecimal(views.SumOn(day + 2, "attributed_amount", dims)), "12000000000");
  EXPECT_EQ(ToDecimal(views.SumOn(day + 40, "attributed_amount", dims)), "-12000000000");
  EXPECT_FALSE(Row(views).has_won());
  EXPECT_EQ(Row(views).times_reversed(), 1);
  // Won again, for less: what is credited is what is booked, day by day.
  views.Given({Won(50, "units: 9000")});
  EXPECT_EQ(ToDecimal(views.Sum("attributed_amount", dims)), "9000000000");
  EXPECT_EQ(ToDecimal(views.Sum("won_amount", {{"currency", "EUR"}})), "9000000000");
}

TEST(AttributionTest, PipelineIsCreditedWhenADealOpensForWhatItIsWorthThen) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"), Opened(1, "amount { currency_code: 'EUR' units: 500 }"),
               Touch(1.5, "b"), Won(2)});
  EXPECT_EQ(ToDecimal(views.Sum("attributed_pipeline",
                                {{"currency", "EUR"}, {"model", "linear"}, {"channel", "a"}})),
            "500000000");
  // While only the opening counts, nothing was won: the full path shares among the rest.
  EXPECT_THAT(Shares(Row(views).created(), "full"), ElementsAre("100.0000 %"));
}

TEST(AttributionTest, PathsGrowTouchByTouchAndEndInAWin) {
  ProjectionDriver views(Model());
  const auto steps = [&views](const char* from, const char* to) {
    return static_cast<int64_t>(views.Sum("path_steps", {{"from", from}, {"to", to}}));
  };
  const auto sets = [&views](const char* channels, const char* end) {
    return static_cast<int64_t>(views.Sum("path_sets", {{"channels", channels}, {"end", end}}));
  };
  views.Given({Touch(0, "b"), Touch(1, "a"), Touch(2, "a")});
  EXPECT_EQ(steps("(start)", "b"), 1);
  EXPECT_EQ(steps("b", "a"), 1);
  EXPECT_EQ(steps("a", "a"), 0);
  EXPECT_EQ(steps("b", "(none)"), 0);
  EXPECT_EQ(steps("a", "(none)"), 1);
  EXPECT_EQ(sets("a,b", "open"), 1);
  EXPECT_EQ(sets("b", "open"), 0);
  views.Given({Opened(3), Won(4)});
  EXPECT_EQ(steps("a", "(none)"), 0);
  EXPECT_EQ(steps("a", "(win)"), 1);
  EXPECT_EQ(sets("a,b", "won"), 1);
  EXPECT_EQ(sets("a,b", "open"), 0);
  views.Given({Touch(5, "c")});
  EXPECT_EQ(steps("(start)", "c"), 1);
  EXPECT_EQ(sets("c", "open"), 1);
  // Taken back: the first path did not win after all.
  views.Given({absl::StrCat(kOfDeal, At(6), "opportunity_reopened {}")});
  EXPECT_EQ(steps("a", "(win)"), 0);
  EXPECT_EQ(steps("a", "(none)"), 1);
  EXPECT_EQ(sets("a,b", "open"), 1);
}

}  // namespace
}  // namespace revops::test
