#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

std::vector<std::string> Shares(const v1::AttributedDeal& deal, const std::string& model) {
  for (const auto& credit : deal.credits()) {
    if (credit.model() == model) return {credit.shares().begin(), credit.shares().end()};
  }
  return {};
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

using Dims = std::map<std::string, std::string>;

const int32_t kFirstDay = static_cast<int32_t>(kDriverStart / kDay);

// Money in euros, other counts as they are; of one day after the first.
int64_t EurosOn(const ProjectionDriver& views, int day, const char* measure, Dims dims) {
  dims.insert({"currency", "EUR"});
  return static_cast<int64_t>(views.SumOn(kFirstDay + day, measure, dims) / 1'000'000);
}
int64_t CountOn(const ProjectionDriver& views, int day, const char* measure, const Dims& dims) {
  return static_cast<int64_t>(views.SumOn(kFirstDay + day, measure, dims));
}
std::string Moved(double day, double close_day) {
  return absl::StrCat(kOfDeal, At(day), "opportunity_closed { outcome: WON closed_at: ",
                      kDriverStart + static_cast<int64_t>(close_day * kDay), " }");
}
constexpr char kOfSecond[] =
    "subject { kind: OPPORTUNITY namespace: 'crm' value: 'x' } "
    "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ";
const Id kSecond(v1::OPPORTUNITY, "crm", "x");

TEST(AttributionChangesTest, ACloseDayThatMovesTakesCreditAndPathWithIt) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"), Touch(3, "b"), Opened(4), Won(10), Touch(20, "c"), Moved(40, 35)});
  const auto last = [](const char* channel) {
    return Dims{{"model", "last"}, {"channel", channel}};
  };
  EXPECT_EQ(EurosOn(views, 10, "attributed_amount", {{"model", "last"}}), 0);
  EXPECT_EQ(EurosOn(views, 10, "attributed_amount", last("b")), 0);
  EXPECT_EQ(EurosOn(views, 35, "attributed_amount", last("c")), 12'000);
  EXPECT_EQ(EurosOn(views, 40, "attributed_amount", {{"model", "last"}}), 0);
  EXPECT_EQ(CountOn(views, 10, "attributed_won_e12", {{"model", "last"}}), 0);
  EXPECT_EQ(CountOn(views, 35, "attributed_won_e12", last("c")), 1'000'000'000'000);
  // By touch day: another month, another touch.
  Dims by_touch = last("b");
  by_touch["booking_month"] = "2026-01";
  EXPECT_EQ(EurosOn(views, 3, "attributed_amount_by_touch", by_touch), 0);
  by_touch = last("c");
  by_touch["booking_month"] = "2026-02";
  EXPECT_EQ(EurosOn(views, 20, "attributed_amount_by_touch", by_touch), 12'000);
  // The path is the one that won then; its end is the new day's.
  const Dims win = {{"from", "b"}, {"to", "(win)"}};
  const Dims set = {{"channels", "a,b"}, {"end", "won"}};
  EXPECT_EQ(CountOn(views, 10, "path_steps", win), 0);
  EXPECT_EQ(CountOn(views, 35, "path_steps", win), 1);
  EXPECT_EQ(CountOn(views, 10, "path_sets", set), 0);
  EXPECT_EQ(CountOn(views, 35, "path_sets", set), 1);
  EXPECT_EQ(static_cast<int64_t>(views.Sum("path_sets", {{"channels", "a,b"}, {"end", "open"}})),
            0);
  // A reopening reverses what stands.
  views.Given({absl::StrCat(kOfDeal, At(50), "opportunity_reopened {}")});
  EXPECT_EQ(EurosOn(views, 35, "attributed_amount", last("c")), 12'000);
  EXPECT_EQ(EurosOn(views, 50, "attributed_amount", last("c")), -12'000);
  EXPECT_EQ(CountOn(views, 35, "path_steps", win), 0);
  EXPECT_EQ(CountOn(views, 35, "path_sets", set), 0);
  EXPECT_EQ(static_cast<int64_t>(views.Sum("path_sets", {{"channels", "a,b"}, {"end", "open"}})),
            1);
}

TEST(AttributionChangesTest,
     AnExpansionLooksBackToTheWinAsItsCloseDayMovedAndNotToOneThatReopened) {
  const std::vector<std::string> expansion = {
      absl::StrCat(kOfSecond, At(55), "opportunity_opened { fields { motion: EXPANSION } }"),
      absl::StrCat(kOfSecond, At(56), "opportunity_closed { outcome: WON }")};
  const std::vector<std::string> history = {Touch(0, "a"),  Opened(4),     Won(10),
                                            Touch(20, "b"), Moved(40, 35), Touch(36, "c")};
  ProjectionDriver moved(Model());
  moved.Given(history);
  moved.Given(expansion);
  EXPECT_EQ(Row(moved, kSecond).won().touches_size(), 1);
  ProjectionDriver reopened(Model());
  reopened.Given(history);
  reopened.Given({absl::StrCat(kOfDeal, At(50), "opportunity_reopened {}")});
  reopened.Given(expansion);
  EXPECT_EQ(Row(reopened, kSecond).won().touches_size(), 3);
  // Moved to the past: the day that it had is none to look back to.
  ProjectionDriver back(Model());
  back.Given({Touch(0, "a"), Opened(4), Won(30), Touch(31, "b"), Moved(40, 20), Touch(41, "c")});
  back.Given({absl::StrCat(kBobAtAcme, At(42), "channel: 'a' form {}")});
  back.Given(expansion);
  EXPECT_EQ(Row(back, kSecond).won().lookback_from(), kDriverStart + 20 * kDay + 1);
  EXPECT_EQ(Row(back, kSecond).won().touches_size(), 3);
}

TEST(AttributionChangesTest, AnAmountThatChangesAfterTheWinIsCreditedOnTheDayOfTheChange) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"), Opened(4), Won(10),
               absl::StrCat(kOfDeal, At(20),
                            "opportunity_changed { fields { amount { currency_code: 'EUR' units: "
                            "9000 } } }"),
               absl::StrCat(kOfDeal, At(30), "opportunity_changed { fields { name: 'Nine' } }")});
  const Dims linear = {{"model", "linear"}};
  EXPECT_EQ(EurosOn(views, 10, "attributed_amount", linear), 12'000);
  EXPECT_EQ(EurosOn(views, 20, "attributed_amount", linear), -3'000);
  EXPECT_EQ(EurosOn(views, 30, "attributed_amount", linear), 0);
  EXPECT_EQ(CountOn(views, 10, "attributed_won_e12", linear), 1'000'000'000'000);
  EXPECT_EQ(CountOn(views, 20, "attributed_won_e12", linear), 0);
  EXPECT_EQ(Row(views).won().amount().units(), 9'000);
  EXPECT_EQ(Row(views).won().booked_day(), kFirstDay + 20);
  // The path won once, on the day of the win; the reopening undoes that.
  const Dims win = {{"from", "a"}, {"to", "(win)"}};
  EXPECT_EQ(CountOn(views, 10, "path_steps", win), 1);
  views.Given({absl::StrCat(kOfDeal, At(40), "opportunity_reopened {}")});
  EXPECT_EQ(CountOn(views, 10, "path_steps", win), 0);
  EXPECT_EQ(EurosOn(views, 40, "attributed_amount", linear), -9'000);
}

TEST(AttributionChangesTest, ATouchAtTheInstantOfAMilestoneIsBeforeIt) {
  EXPECT_EQ(SharesByMilestones(5, "w", 3, 5, 9), "30.0000 % 5.0000 % 30.0000 % 5.0000 % 30.0000 %");
  EXPECT_EQ(SharesByMilestones(6, "full", 2, 4, 6),
            "22.5000 % 22.5000 % 5.0000 % 22.5000 % 5.0000 % 22.5000 %");
  // One microsecond earlier the touch before has it.
  const double just = 1.0 / 86'400'000'000;
  EXPECT_EQ(SharesByMilestones(5, "w", 3 - 2 * just, 5, 9),
            "30.0000 % 30.0000 % 5.0000 % 5.0000 % 30.0000 %");
}

TEST(AttributionChangesTest, ADeletedWinStaysAsItWasThenAndComesBackOnTheDayItIsRestored) {
  const std::string deal = "{ entity { kind: OPPORTUNITY namespace: 'crm' value: 'o' } }";
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"), Opened(4), Won(10),
               absl::StrCat(kOfDeal, At(20), "entity_deleted ", deal),
               absl::StrCat(kOfDeal, At(30), "entity_restored ", deal)});
  const Dims linear = {{"model", "linear"}};
  EXPECT_EQ(EurosOn(views, 10, "attributed_amount", linear), 12'000);
  EXPECT_EQ(EurosOn(views, 20, "attributed_amount", linear), -12'000);
  EXPECT_EQ(EurosOn(views, 30, "attributed_amount", linear), 12'000);
}

TEST(AttributionChangesTest, AnInteractionIsOneStepOfThePathAndKindsThatEarnNothingAreNone) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a", "interaction_id: 'w'"), Touch(1, "b"),
               absl::StrCat(kBobAtAcme, At(2), "channel: 'c' interaction_id: 'w' form {}"),
               absl::StrCat(kAdaAtAcme, At(3), "channel: 'c' email { action: OPENED }")});
  EXPECT_EQ(static_cast<int64_t>(views.Sum("path_sets", {{"channels", "a,b"}, {"end", "open"}})),
            1);
  EXPECT_EQ(CountOn(views, 0, "path_sets", {{"channels", "a"}, {"end", "open"}}), 0);
  EXPECT_EQ(CountOn(views, 0, "path_steps", {{"from", "a"}, {"to", "(none)"}}), 0);
  EXPECT_EQ(CountOn(views, 1, "path_steps", {{"from", "b"}, {"to", "(none)"}}), 1);
}

TEST(AttributionChangesTest, ATouchThatNamesADealIsOfThatDealAlone) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"),
               absl::StrCat(kOfSecond, "subject { kind: CONTACT namespace: 'crm' value: 'ada' } ",
                            At(1), "channel: 'b' form {}"),
               Opened(2), Won(3)});
  ASSERT_EQ(Row(views).won().touches_size(), 1);
  EXPECT_EQ(Row(views).won().touches(0).channel(), "a");
}

TEST(AttributionChangesTest, OfALongPathTheTwoEndsAreKept) {
  ProjectionDriver views(Model());
  views.Given({Touch(0, "b")});
  for (int i = 1; i < 310; ++i) views.Given({Touch(i * 0.1, "a")});
  views.Given({Touch(40, "c"), Opened(41), Won(42)});
  const auto deal = Row(views).won();
  EXPECT_EQ(deal.touches_size(), 200);
  EXPECT_EQ(deal.touches_left_out(), 100);  // of the 300 that were kept
  EXPECT_EQ(deal.touches(0).channel(), "b");
  EXPECT_EQ(deal.touches(199).channel(), "c");
}

TEST(AttributionChangesTest, APathGoesOnAfterItsWinIsTakenBackAndASecondWinHasOneOfItsOwn) {
  const auto second = [](double day, const char* rest) {
    return absl::StrCat(kOfSecond, At(day), rest);
  };
  constexpr char kOpens[] = "opportunity_opened {}";
  constexpr char kWins[] = "opportunity_closed { outcome: WON }";
  const auto sets = [](const ProjectionDriver& views, const char* channels, const char* end) {
    return static_cast<int64_t>(views.Sum("path_sets", {{"channels", channels}, {"end", end}}));
  };
  const std::string reopened = absl::StrCat(kOfDeal, At(20), "opportunity_reopened {}");
  ProjectionDriver on(Model());
  on.Given({Touch(0, "a"), Opened(1), Won(2), reopened, Touch(21, "b")});
  EXPECT_EQ(sets(on, "a,b", "open"), 1);
  EXPECT_EQ(sets(on, "a", "open"), 0);
  EXPECT_EQ(sets(on, "b", "open"), 0);

  // Without a touch between, the second win is of no path.
  ProjectionDriver two(Model());
  two.Given({Touch(0, "a"), Opened(1), second(1, kOpens), Won(2), second(3, kWins)});
  EXPECT_EQ(sets(two, "a", "won"), 1);
  EXPECT_EQ(sets(two, "", "won"), 1);

  // The first deal's reopening does not open the path that the second one ended.
  ProjectionDriver later(Model());
  later.Given({Touch(0, "a"), Opened(1), second(1, kOpens), Won(2), Touch(3, "b"), second(4, kWins),
               reopened, Touch(21, "c")});
  EXPECT_EQ(sets(later, "b", "won"), 1);
  EXPECT_EQ(sets(later, "c", "open"), 1);
  EXPECT_EQ(sets(later, "b,c", "open"), 0);
}

TEST(AttributionChangesTest, TheLeadMilestoneIsThatOfWhoBecameOneFirstAndTheFirstTime) {
  for (const bool ada_first : {true, false}) {
    const auto lead = [](const char* whom, double day) {
      return absl::StrCat(whom, At(day), "lead { action: CREATED }");
    };
    ProjectionDriver views(Model());
    views.Given({Touch(1), lead(ada_first ? kAdaAtAcme : kBobAtAcme, 1.5), Touch(2), Touch(3),
                 lead(ada_first ? kBobAtAcme : kAdaAtAcme, 3.5),
                 lead(ada_first ? kAdaAtAcme : kBobAtAcme, 3.6), Touch(4), Opened(4.5), Won(9)});
    EXPECT_THAT(Shares(Row(views).won(), "w"),
                ElementsAre("60.0000 %", "5.0000 %", "5.0000 %", "30.0000 %"));
  }
}

TEST(AttributionChangesTest, ADealThatIsRestoredWasCreatedOnce) {
  const std::string deal = "{ entity { kind: OPPORTUNITY namespace: 'crm' value: 'o' } }";
  ProjectionDriver views(Model());
  views.Given({Touch(0, "a"), Opened(1), absl::StrCat(kOfDeal, At(2), "entity_deleted ", deal),
               absl::StrCat(kOfDeal, At(3), "entity_restored ", deal)});
  EXPECT_EQ(static_cast<int64_t>(views.Sum("attributed_created_e12", {{"model", "linear"}})),
            1'000'000'000'000);
}

}  // namespace
}  // namespace revops::test
