#include "projections/attribution_counts.h"

#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "projections/attribution_credit.h"
#include "projections/rows.h"

namespace revops {
namespace {

constexpr auto kMicros = Measure::Unit::kMicros;
constexpr char kUnattributed[] = "unattributed";

const std::vector<absl::string_view> kMoneyDims = {"currency", "model", "channel", "campaign",
                                                   "team"};
const std::vector<std::vector<int>> kMoneySets = {
    {0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}, {0, 1, 2, 3}};
// Bookings and created pipeline by who earned them, on the day of the booking and of the opening.
// For each model the sum over any slice is that of all deals.
const Measure kAttributedAmount = {.name = "attributed_amount",
                                   .unit = kMicros,
                                   .dimensions = kMoneyDims,
                                   .grouping_sets = kMoneySets};
const Measure kAttributedPipeline = {.name = "attributed_pipeline",
                                     .unit = kMicros,
                                     .dimensions = kMoneyDims,
                                     .grouping_sets = kMoneySets};
// The same bookings on the day of the touch, with the month of the booking ("2026-03").
const Measure kByTouchDay = {
    .name = "attributed_amount_by_touch",
    .unit = kMicros,
    .dimensions = {"currency", "model", "booking_month", "channel", "campaign"},
    .grouping_sets = {{0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 4}}};
// Deals themselves, each 1,000,000,000,000: of how many a channel earned the credit.
const std::vector<absl::string_view> kDealDims = {"model", "channel", "campaign", "team"};
const std::vector<std::vector<int>> kDealSets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 1, 2}};
const Measure kAttributedWon = {
    .name = "attributed_won_e12", .dimensions = kDealDims, .grouping_sets = kDealSets};
const Measure kAttributedCreated = {
    .name = "attributed_created_e12", .dimensions = kDealDims, .grouping_sets = kDealSets};

// Steps from one channel to the next, "(start)", "(win)" and "(none)" among them; a channel that
// follows itself is no step. A step counts on the day of the later touch, an end on that of the
// last touch or of the win.
const Measure kPathSteps = {
    .name = "path_steps", .dimensions = {"from", "to"}, .grouping_sets = {{0, 1}}};
// Paths by the channels on them, sorted and joined by ",", and by how they ended: "won", "open".
const Measure kPathSets = {
    .name = "path_sets", .dimensions = {"channels", "end"}, .grouping_sets = {{0, 1}}};

constexpr int kChannelsMax = 32;
constexpr char kStart[] = "(start)";
constexpr char kWin[] = "(win)";
constexpr char kNone[] = "(none)";

std::string MonthOf(int32_t day) {
  const Calendar calendar;
  return calendar.NameOf(PeriodKind::kMonth, calendar.PeriodOf(PeriodKind::kMonth, day));
}

Money AmountOf(const v1::AttributedDeal& deal) {
  const auto amount = Money::FromProto(deal.amount());
  REVOPS_CHECK(amount.ok());
  return *amount;
}

// The whole credit of one model, touch by touch.
class Post final {
 public:
  Post(const v1::AttributedDeal& deal, const Posting& posting, Fold& fold)
      : deal_(deal), posting_(posting), fold_(fold), month_(MonthOf(posting.day)) {}

  void Credit(const v1::ModelCredit& credit) {
    const std::vector<int128> shares = SharesOf(credit);
    const std::vector<Money> amounts = AmountsOf(deal_, credit);
    if (shares.empty()) {
      std::optional<Money> total;
      if (deal_.has_amount()) total = AmountOf(deal_);
      Count(credit.model(), {kUnattributed, kUnattributed, kUnattributed, posting_.day}, kOneDeal,
            total.has_value() ? &*total : nullptr);
      return;
    }
    for (int i = 0; i < deal_.touches_size(); ++i) {
      if (shares[i] == 0 && (amounts.empty() || amounts[i].micros() == 0)) continue;
      const auto& touch = deal_.touches(i);
      Count(credit.model(),
            {touch.channel(), touch.campaign(), TeamName(touch.team()),
             fold_.model().DayOf(touch.at())},
            shares[i], amounts.empty() ? nullptr : &amounts[i]);
    }
  }

 private:
  struct Earner {
    absl::string_view channel;
    absl::string_view campaign;
    absl::string_view team;
    int32_t day;
  };

  // `amount` null: the deal has none.
  void Count(const std::string& model, const Earner& to, int128 share, const Money* amount) {
    const bool won = posting_.anchor == Anchor::kWon;
    fold_.Count(won ? kAttributedWon : kAttributedCreated, posting_.day,
                {model, to.channel, to.campaign, to.team}, posting_.sign * share);
    if (amount == nullptr) return;
    const std::string currency = amount->currency().code();
    const int128 micros = posting_.sign * amount->micros();
    fold_.Count(won ? kAttributedAmount : kAttributedPipeline, posting_.day,
                {currency, model, to.channel, to.campaign, to.team}, micros);
    if (won) {
      fold_.Count(kByTouchDay, to.day, {currency, model, month_, to.channel, to.campaign}, micros);
    }
  }

  const v1::AttributedDeal& deal_;
  const Posting posting_;
  Fold& fold_;
  const std::string month_;
};

std::string SetOf(const v1::PathEnd& path) { return absl::StrJoin(path.channels(), ","); }

}  // namespace

const std::vector<Measure>& AttributionMeasures() {
  static const auto& list = *new std::vector<Measure>{
      kAttributedAmount,  kAttributedPipeline, kByTouchDay, kAttributedWon,
      kAttributedCreated, kPathSteps,          kPathSets};
  return list;
}

void PostCredits(const v1::AttributedDeal& deal, const Posting& posting, Fold& fold) {
  Post post(deal, posting, fold);
  for (const auto& credit : deal.credits()) post.Credit(credit);
}

void ExtendPath(absl::string_view channel, int32_t day, v1::PathEnd& path, Fold& fold) {
  if (path.converted()) path.Clear();
  const bool first = path.channels().empty();
  const std::string last = first ? std::string(kStart) : path.last_channel();
  if (!first) {
    fold.Count(kPathSets, path.day(), {SetOf(path), "open"}, -1);
    fold.Count(kPathSteps, path.day(), {last, kNone}, -1);
  }
  if (first || last != channel) fold.Count(kPathSteps, day, {last, channel}, 1);
  InsertSorted(*path.mutable_channels(),
               path.channels_size() < kChannelsMax ? channel : absl::string_view("other"));
  path.set_last_channel(channel.data(), channel.size());
  path.set_day(day);
  fold.Count(kPathSets, day, {SetOf(path), "open"}, 1);
  fold.Count(kPathSteps, day, {channel, kNone}, 1);
}

void ConvertPath(const v1::PathEnd& path, int32_t day, int sign, Fold& fold) {
  const std::string set = SetOf(path);
  fold.Count(kPathSets, day, {set, "won"}, sign);
  if (path.channels().empty()) return;  // won without a touch: no step
  fold.Count(kPathSets, path.day(), {set, "open"}, -sign);
  fold.Count(kPathSteps, path.day(), {path.last_channel(), kNone}, -sign);
  fold.Count(kPathSteps, day, {path.last_channel(), kWin}, sign);
}

}  // namespace revops
