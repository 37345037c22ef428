#include "projections/company_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "projections/day_spread.h"
#include "projections/rows.h"

namespace revops {
namespace {

constexpr auto kMicros = Measure::Unit::kMicros;

const std::vector<absl::string_view> kCostDims = {"currency", "team",     "motion",
                                                  "category", "campaign", "channel"};
// Of a team or category also by campaign and channel: what a return on it is worked out from.
const std::vector<std::vector<int>> kCostSets = {
    {0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 1, 4}, {0, 1, 5}, {0, 3, 4}, {0, 3, 5}};
const Measure kSpend = {
    .name = "spend_amount", .unit = kMicros, .dimensions = kCostDims, .grouping_sets = kCostSets};
const Measure kBudget = {
    .name = "budget_amount", .unit = kMicros, .dimensions = kCostDims, .grouping_sets = kCostSets};
const Measure kImpressions = {.name = "paid_impressions",
                              .dimensions = {"campaign", "channel"},
                              .grouping_sets = {{}, {0}, {1}}};
const Measure kClicks = {
    .name = "paid_clicks", .dimensions = {"campaign", "channel"}, .grouping_sets = {{}, {0}, {1}}};
// A quota is one owner's; every other target is the company's, or that of the slice it names; slice
// "" is the whole. They are apart because quotas and slices need not sum to the target.
const Measure kTargetAmount = {.name = "target_amount",
                               .unit = kMicros,
                               .dimensions = {"currency", "kpi", "slice"},
                               .grouping_sets = {{0, 1, 2}}};
const Measure kTargetCount = {
    .name = "target_count", .dimensions = {"kpi", "slice"}, .grouping_sets = {{0, 1}}};
const Measure kQuotaAmount = {.name = "quota_amount",
                              .unit = kMicros,
                              .dimensions = {"currency", "kpi", "owner"},
                              .grouping_sets = {{0, 1}, {0, 1, 2}}};
const Measure kQuotaCount = {
    .name = "quota_count", .dimensions = {"kpi", "owner"}, .grouping_sets = {{0}, {0, 1}}};
const Measure kMarket = {.name = "market_amount",
                         .unit = kMicros,
                         .dimensions = {"currency", "market"},
                         .grouping_sets = {{0, 1}}};
const Measure kRival = {.name = "market_rival_amount",
                        .unit = kMicros,
                        .dimensions = {"currency", "market"},
                        .grouping_sets = {{0, 1}}};

absl::string_view CategoryName(v1::Spend::Category category) {
  switch (category) {
    case v1::Spend::MEDIA:
      return "media";
    case v1::Spend::PEOPLE:
      return "people";
    case v1::Spend::TOOLS:
      return "tools";
    case v1::Spend::EVENTS:
      return "events";
    case v1::Spend::CONTENT_MAKING:
      return "content_making";
    case v1::Spend::AGENCY:
      return "agency";
    case v1::Spend::COMMISSION:
      return "commission";
    case v1::Spend::CATEGORY_OTHER:
      return "other";
    default:
      return "";
  }
}

Money Checked(const v1::Money& proto) {
  const auto money = Money::FromProto(proto);
  REVOPS_CHECK(money.ok());
  return *money;
}

template <typename Dated>
DayRange DaysOfChecked(const Dated& dated, int64_t at, const RevenueModel& model) {
  const auto days = DaysOf({dated.from_day(), dated.to_day(), at}, model);
  REVOPS_CHECK(days.ok());
  return *days;
}

absl::Status CheckMoney(bool there, const v1::Money& money) {
  return there ? Money::FromProto(money).status() : absl::OkStatus();
}

}  // namespace

const std::vector<Measure>& CompanyMeasures() {
  static const auto& list =
      *new std::vector<Measure>{kSpend,       kBudget,      kImpressions, kClicks, kTargetAmount,
                                kTargetCount, kQuotaAmount, kQuotaCount,  kMarket, kRival};
  return list;
}

absl::Status CheckSpend(const v1::Spend& spend, int64_t at, const RevenueModel& model) {
  RETURN_IF_ERROR(Money::FromProto(spend.amount()).status());
  return DaysOf({spend.from_day(), spend.to_day(), at}, model).status();
}

absl::Status CheckTarget(const v1::Target& target, int64_t at, const RevenueModel& model) {
  if (target.kpi().empty()) {
    return absl::InvalidArgumentError("a target of no KPI; set target.kpi");
  }
  for (const auto& part : target.slice()) {
    if (part.value_case() == v1::Property::kText) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the slice \"", part.name(), "\" of a target is no text; give text"));
  }
  RETURN_IF_ERROR(CheckMoney(target.has_amount(), target.amount()));
  return DaysOf({target.from_day(), target.to_day(), at}, model).status();
}

absl::Status CheckMarket(const v1::MarketSize& market, int64_t at, const RevenueModel& model) {
  RETURN_IF_ERROR(CheckMoney(market.has_amount(), market.amount()));
  RETURN_IF_ERROR(CheckMoney(market.has_largest_rival(), market.largest_rival()));
  return DaysOf({market.from_day(), market.to_day(), at}, model).status();
}

void CountSpend(const v1::Spend& spend, int64_t at, int sign, Fold& fold) {
  const DayRange days = DaysOfChecked(spend, at, fold.model());
  const Money amount = Checked(spend.amount());
  const std::string currency = amount.currency().code();
  CountOverDays(spend.budget() ? kBudget : kSpend, days,
                {currency, TeamName(spend.team()), MotionName(spend.motion()),
                 CategoryName(spend.category()), spend.campaign_id(), spend.channel()},
                amount, sign, fold);
  if (spend.budget()) return;
  CountOverDays(kImpressions, days, {spend.campaign_id(), spend.channel()}, spend.impressions(),
                sign, fold);
  CountOverDays(kClicks, days, {spend.campaign_id(), spend.channel()}, spend.clicks(), sign, fold);
}

void CountTarget(const v1::Target& target, int64_t at, int sign, Fold& fold) {
  const DayRange days = DaysOfChecked(target, at, fold.model());
  const bool quota = target.owners_size() == 1 && target.slice().empty();
  const std::string slice = SliceOf(target);
  const absl::string_view last = quota ? absl::string_view(target.owners(0)) : slice;
  if (target.has_amount()) {
    const Money amount = Checked(target.amount());
    const std::string currency = amount.currency().code();
    CountOverDays(quota ? kQuotaAmount : kTargetAmount, days, {currency, target.kpi(), last},
                  amount, sign, fold);
  }
  if (target.has_count()) {
    CountOverDays(quota ? kQuotaCount : kTargetCount, days, {target.kpi(), last}, target.count(),
                  sign, fold);
  }
}

void CountMarket(const v1::MarketSize& market, int64_t at, int sign, Fold& fold) {
  const DayRange days = DaysOfChecked(market, at, fold.model());
  const auto count = [&](const Measure& measure, const v1::Money& proto) {
    const Money amount = Checked(proto);
    const std::string currency = amount.currency().code();
    CountOverDays(measure, days, {currency, market.market()}, amount, sign, fold);
  };
  if (market.has_amount()) count(kMarket, market.amount());
  if (market.has_largest_rival()) count(kRival, market.largest_rival());
}

std::string SliceOf(const v1::Target& target) {
  std::vector<std::string> parts;
  for (const auto& property : target.slice()) {
    parts.push_back(absl::StrCat(property.name(), "=", property.text()));
  }
  std::sort(parts.begin(), parts.end());
  return absl::StrJoin(parts, ", ");
}

}  // namespace revops
