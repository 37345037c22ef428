#include "projections/opportunity_counts.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::OpportunityView;
constexpr auto kMicros = Measure::Unit::kMicros;

// Open pipeline is a stock: the sum of all changes up to a day.
const Measure kOpenCount = {.name = "open_count",
                            .dimensions = {"pipeline", "stage", "owner", "team"},
                            .grouping_sets = {{}, {0}, {0, 1}, {2}, {3}}};
const Measure kOpenAmount = {.name = "open_amount",
                             .unit = kMicros,
                             .dimensions = {"currency", "pipeline", "stage", "owner", "team"},
                             .grouping_sets = {{0}, {0, 1}, {0, 1, 2}, {0, 3}, {0, 4}}};
const Measure kCreatedCount = {.name = "created_count",
                               .dimensions = {"pipeline", "owner", "team", "sourced_by", "motion"},
                               .grouping_sets = {{}, {0}, {1}, {2}, {3}, {4}}};
const Measure kCreatedAmount = {
    .name = "created_amount",
    .unit = kMicros,
    .dimensions = {"currency", "pipeline", "owner", "team", "sourced_by", "motion"},
    .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}}};
const Measure kWonCount = {.name = "won_count",
                           .dimensions = {"owner", "team", "region", "product", "sourced_by"},
                           .grouping_sets = {{}, {0}, {1}, {2}, {3}, {4}}};
const Measure kLostCount = {.name = "lost_count",
                            .dimensions = {"owner", "team", "region", "product", "sourced_by"},
                            .grouping_sets = {{}, {0}, {1}, {2}, {3}, {4}}};
const Measure kWonAmount = {
    .name = "won_amount",
    .unit = kMicros,
    .dimensions = {"currency", "owner", "team", "region", "product", "sourced_by"},
    .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}}};
const Measure kLostAmount = {
    .name = "lost_amount",
    .unit = kMicros,
    .dimensions = {"currency", "owner", "team", "region", "product", "sourced_by"},
    .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}}};
// Won deals that have an amount: what an average is divided by.
const Measure kWonWithAmount = {
    .name = "won_with_amount_count", .dimensions = {"owner"}, .grouping_sets = {{}, {0}}};
const Measure kClosedCount = {.name = "closed_count",
                              .dimensions = {"outcome", "reason", "pipeline"},
                              .grouping_sets = {{0}, {0, 1}, {0, 2}}};
// Sales cycle of won deals, from the first entry into the qualified stage; by whole days where a
// time is known by the day only. The mean is seconds / deals.
const Measure kCycleSeconds = {
    .name = "won_cycle_seconds", .dimensions = {"owner"}, .grouping_sets = {{}, {0}}};
const Measure kCycleDeals = {
    .name = "won_cycle_deals", .dimensions = {"owner"}, .grouping_sets = {{}, {0}}};
// Reversing entries and closes dated back show on the day we were told.
const Measure kReopened = {
    .name = "reopened_count", .dimensions = {"outcome"}, .grouping_sets = {{}, {0}}};
const Measure kBackdated = {
    .name = "backdated_count", .dimensions = {"outcome"}, .grouping_sets = {{}, {0}}};
const Measure kScrubbed = {
    .name = "scrubbed_count", .dimensions = {"state"}, .grouping_sets = {{}, {0}}};
const Measure kStageEntries = {
    .name = "stage_entries", .dimensions = {"pipeline", "stage"}, .grouping_sets = {{0, 1}}};
// Stocks: open deals that are in a stage, and when they entered it, in seconds from 1970. Of both
// at an instant follows how long they are there by then.
const Measure kStaying = {
    .name = "stage_staying", .dimensions = {"pipeline", "stage"}, .grouping_sets = {{0, 1}}};
const Measure kEntered = {.name = "stage_entered_seconds",
                          .dimensions = {"pipeline", "stage"},
                          .grouping_sets = {{0, 1}}};
const Measure kStagePassed = {
    .name = "stage_passed", .dimensions = {"pipeline", "stage"}, .grouping_sets = {{0, 1}}};

Money AmountOf(const View& deal) {
  const auto amount = Money::FromProto(deal.amount());
  REVOPS_CHECK(amount.ok());
  return *amount;
}

// A deal of several products counts under its first.
absl::string_view ProductOf(const v1::OpportunityFields& fields) {
  return fields.products().empty() ? absl::string_view()
                                   : absl::string_view(fields.products(0).product_id());
}

bool IsOpen(const View& deal) { return deal.state() == View::OPEN && !deal.deleted(); }
bool IsBooked(const View& deal) { return IsClosed(deal) && !deal.deleted(); }

bool SameMoney(const View& a, const View& b) {
  return a.has_amount() == b.has_amount() && (!a.has_amount() || AmountOf(a) == AmountOf(b));
}

bool SameOpen(const View& a, const View& b) {
  const auto& left = a.fields();
  const auto& right = b.fields();
  return IsOpen(a) == IsOpen(b) && left.pipeline_id() == right.pipeline_id() &&
         left.stage_id() == right.stage_id() && left.owner() == right.owner() &&
         left.owner_team() == right.owner_team() && SameMoney(a, b);
}

void CountOpen(const View& deal, int sign, int32_t day, Fold& fold) {
  if (!IsOpen(deal)) return;
  const auto& fields = deal.fields();
  fold.Count(kOpenCount, day,
             {fields.pipeline_id(), fields.stage_id(), fields.owner(), fields.owner_team()}, sign);
  if (!deal.has_amount()) return;
  const Money amount = AmountOf(deal);
  fold.Count(kOpenAmount, day,
             {amount.currency().code(), fields.pipeline_id(), fields.stage_id(), fields.owner(),
              fields.owner_team()},
             sign * amount.micros());
}

bool Stays(const View& deal) { return IsOpen(deal) && deal.stage_entered_at() != 0; }
bool SameStay(const View& a, const View& b) {
  return Stays(a) == Stays(b) && a.stage_entered_at() == b.stage_entered_at() &&
         a.fields().pipeline_id() == b.fields().pipeline_id() &&
         a.fields().stage_id() == b.fields().stage_id();
}
void CountStay(const View& deal, int sign, int32_t day, Fold& fold) {
  if (!Stays(deal)) return;
  const auto& fields = deal.fields();
  fold.Count(kStaying, day, {fields.pipeline_id(), fields.stage_id()}, sign);
  fold.Count(kEntered, day, {fields.pipeline_id(), fields.stage_id()},
             sign * (deal.stage_entered_at() / 1'000'000));
}

void CountCreated(const View& deal, int32_t day, Fold& fold) {
  const auto& fields = deal.fields();
  const absl::string_view source = SourceName(fields.sourced_by());
  const absl::string_view motion = MotionName(fields.motion());
  fold.Count(kCreatedCount, day,
             {fields.pipeline_id(), fields.owner(), fields.owner_team(), source, motion}, 1);
  if (!deal.has_amount()) return;
  const Money amount = AmountOf(deal);
  fold.Count(kCreatedAmount, day,
             {amount.currency().code(), fields.pipeline_id(), fields.owner(), fields.owner_team(),
              source, motion},
             amount.micros());
}

// Who gets how much of a closed deal: its revenue splits, else its owner.
struct Credit {
  absl::string_view owner;
  int128 micros;
};
std::vector<Credit> CreditsOf(const View& deal) {
  std::vector<absl::string_view> owners;
  std::vector<int64_t> shares;
  for (const auto& split : deal.fields().splits()) {
    if (split.kind() == v1::Split::OVERLAY || split.share_ppm() <= 0) continue;
    owners.push_back(split.owner());
    shares.push_back(split.share_ppm());
  }
  const Money amount = AmountOf(deal);
  if (owners.empty()) return {{deal.fields().owner(), amount.micros()}};
  const auto parts = amount.Split(shares);
  REVOPS_CHECK(parts.ok());
  std::vector<Credit> credits;
  for (size_t i = 0; i < owners.size(); ++i) credits.push_back({owners[i], (*parts)[i].micros()});
  return credits;
}

void CountDecided(const View& deal, int sign, int32_t day, Fold& fold) {
  const bool won = deal.state() == View::WON;
  const auto& fields = deal.fields();
  const absl::string_view source = SourceName(fields.sourced_by());
  fold.Count(won ? kWonCount : kLostCount, day,
             {fields.owner(), fields.owner_team(), fields.region(), ProductOf(fields), source},
             sign);
  if (!deal.has_amount()) return;
  if (won) fold.Count(kWonWithAmount, day, {fields.owner()}, sign);
  const std::string currency = AmountOf(deal).currency().code();
  for (const Credit& credit : CreditsOf(deal)) {
    fold.Count(
        won ? kWonAmount : kLostAmount, day,
        {currency, credit.owner, fields.owner_team(), fields.region(), ProductOf(fields), source},
        sign * credit.micros);
  }
}

void CountCycle(const View& deal, int sign, int32_t day, Fold& fold) {
  if (deal.qualified_at() == 0 || deal.closed_at() < deal.qualified_at()) return;
  const int64_t seconds = CycleSeconds(deal, fold.model());
  fold.Count(kCycleSeconds, day, {deal.fields().owner()}, sign * int128{seconds});
  fold.Count(kCycleDeals, day, {deal.fields().owner()}, sign);
}

void CountBooked(const View& deal, int sign, int32_t day, Fold& fold) {
  if (!IsBooked(deal)) return;
  fold.Count(kClosedCount, day,
             {StateName(deal.state()), deal.close_reason(), deal.fields().pipeline_id()}, sign);
  if (deal.state() == View::WON || deal.state() == View::LOST) CountDecided(deal, sign, day, fold);
  if (deal.state() == View::WON) CountCycle(deal, sign, day, fold);
}

// A close counts on its own day; its reversal (reopened, deleted) on the day of that; a change of a
// closed deal on the day of the change, unless the close itself is moved to another day.
void CountBooking(const OpportunityStep& step, Fold& fold) {
  const BookingDays days = BookingDaysOf(step, fold.model());
  CountBooked(step.before, -1, days.before, fold);
  CountBooked(step.after, 1, days.after, fold);
}

void CountStages(const OpportunityStep& step, int32_t day, Fold& fold) {
  const auto& before = step.before.stages();
  for (int i = 0; i < step.after.stages_size(); ++i) {
    const auto& stage = step.after.stages(i);
    const int32_t entries = i < before.size() ? before[i].entries() : 0;
    if (i >= before.size())
      fold.Count(kStagePassed, day, {stage.pipeline_id(), stage.stage_id()}, 1);
    fold.Count(kStageEntries, day, {stage.pipeline_id(), stage.stage_id()},
               stage.entries() - entries);
  }
}

}  // namespace

const std::vector<Measure>& OpportunityMeasures() {
  static const auto& list = *new std::vector<Measure>{
      kOpenCount,    kOpenAmount,  kCreatedCount, kCreatedAmount, kWonCount,
      kLostCount,    kWonAmount,   kLostAmount,   kWonWithAmount, kClosedCount,
      kCycleSeconds, kCycleDeals,  kReopened,     kBackdated,     kScrubbed,
      kStageEntries, kStagePassed, kStaying,      kEntered};
  return list;
}

absl::StatusOr<std::optional<Money>> TotalOf(const v1::OpportunityFields& fields) {
  std::optional<Money> total;
  if (fields.has_amount()) {
    ASSIGN_OR_RETURN(total, Money::FromProto(fields.amount()));
    return total;
  }
  if (fields.has_recurring_amount() && fields.has_term_months()) {
    if (fields.term_months() < 0 || fields.term_months() > 1200) {
      return absl::InvalidArgumentError(
          absl::StrCat("term_months is ", fields.term_months(), "; give months from 0 to 1200"));
    }
    ASSIGN_OR_RETURN(const Money month, Money::FromProto(fields.recurring_amount()));
    total = Money(month.currency(), month.micros() * fields.term_months());
  }
  if (fields.has_one_time_amount()) {
    ASSIGN_OR_RETURN(const Money once, Money::FromProto(fields.one_time_amount()));
    if (!total.has_value()) return once;
    ASSIGN_OR_RETURN(total, total->Plus(once));
  }
  return total;
}

void CountStep(const OpportunityStep& step, Fold& fold) {
  const View& before = step.before;
  const View& after = step.after;
  const int32_t day = fold.model().DayOf(step.at);
  if (before.state() == View::STATE_UNSPECIFIED) CountCreated(after, day, fold);
  if (!SameOpen(before, after)) {
    CountOpen(before, -1, day, fold);
    CountOpen(after, 1, day, fold);
  }
  if (!SameStay(before, after)) {
    CountStay(before, -1, day, fold);
    CountStay(after, 1, day, fold);
  }
  CountBooking(step, fold);
  CountStages(step, day, fold);
  if (after.times_reopened() > before.times_reopened()) {
    fold.Count(kReopened, day, {StateName(before.state())}, 1);
  }
  if (after.backdated() && !before.backdated()) {
    fold.Count(kBackdated, day, {StateName(after.state())}, 1);
  }
  if (after.deleted() != before.deleted()) {
    fold.Count(kScrubbed, day, {StateName(after.state())}, after.deleted() ? 1 : -1);
  }
}

BookingDays BookingDaysOf(const OpportunityStep& step, const RevenueModel& model) {
  const View& before = step.before;
  const View& after = step.after;
  const int32_t today = model.DayOf(step.at);
  if (IsBooked(before) && IsBooked(after)) {
    const bool moved = before.state() == after.state() && before.closed_at() != after.closed_at();
    if (!moved) return {today, today};
    return {model.DayOf(before.closed_at()), model.DayOf(after.closed_at())};
  }
  return {today, before.deleted() ? today : model.DayOf(after.closed_at())};
}

int64_t CycleSeconds(const View& deal, const RevenueModel& model) {
  if (!deal.qualified_by_day() && !deal.closed_by_day()) {
    return (deal.closed_at() - deal.qualified_at()) / 1'000'000;
  }
  return (model.DayOf(deal.closed_at()) - model.DayOf(deal.qualified_at())) *
         (kMicrosPerDay / 1'000'000);
}

bool IsClosed(const View& deal) {
  return deal.state() != View::OPEN && deal.state() != View::STATE_UNSPECIFIED;
}

absl::string_view StateName(View::State state) {
  switch (state) {
    case View::OPEN:
      return "open";
    case View::WON:
      return "won";
    case View::LOST:
      return "lost";
    case View::NO_DECISION:
      return "no_decision";
    case View::DISQUALIFIED:
      return "disqualified";
    case View::DUPLICATE:
      return "duplicate";
    default:
      return "";
  }
}

}  // namespace revops
