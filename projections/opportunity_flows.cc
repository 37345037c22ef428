#include "projections/opportunity_flows.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/log_linear.h"
#include "engine/base/status.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::OpportunityView;
constexpr auto kMicros = Measure::Unit::kMicros;

// flow: created, moved_in, increased, decreased, moved_out, won, lost, scrubbed, reopened; signed.
// slice: "" (all), pipeline, stage, owner, team, close_month, sourced_by, motion, and the pairs
// below; value: its own, of a pair "sales-emea/2025-04"; other: of moved flows, the value on the
// other side. A deal is counted under each slice apart,
// because what stays within one owner may move between two stages.
const Measure kFlowCount = {.name = "pipeline_flow_count",
                            .dimensions = {"slice", "value", "flow", "other"},
                            .grouping_sets = {{0, 1, 2, 3}}};
const Measure kFlowAmount = {.name = "pipeline_flow_amount",
                             .unit = kMicros,
                             .dimensions = {"slice", "value", "currency", "flow", "other"},
                             .grouping_sets = {{0, 1, 2, 3, 4}}};

// Stocks by the month in which a deal is expected to close, "2026-03"; "" if nobody said.
const Measure kClosingCount = {.name = "open_closing_count",
                               .dimensions = {"close_month", "owner", "team", "forecast"},
                               .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}}};
const Measure kClosingAmount = {
    .name = "open_closing_amount",
    .unit = kMicros,
    .dimensions = {"currency", "close_month", "owner", "team", "forecast"},
    .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}}};
// The same, each amount times the probability of its stage when the deal came to it.
const Measure kWeightedAmount = {.name = "open_weighted_amount",
                                 .unit = kMicros,
                                 .dimensions = {"currency", "close_month", "owner", "team"},
                                 .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}}};
// Stocks. A deal comes to be past due on the day after its close date, counted there beforehand and
// taken back when it closes or moves.
const Measure kQualifiedOpen = {.name = "qualified_open_count",
                                .dimensions = {"pipeline", "owner", "team"},
                                .grouping_sets = {{}, {0}, {1}, {2}}};
const Measure kPastDueCount = {.name = "past_due_count",
                               .dimensions = {"qualified", "pipeline", "owner", "team"},
                               .grouping_sets = {{}, {0}, {0, 1}, {0, 2}, {0, 3}}};
// As the stocks by month above, so that each can be had without what is past due.
const Measure kPastDueClosing = {.name = "past_due_closing_count",
                                 .dimensions = {"close_month", "owner", "team", "forecast"},
                                 .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}}};
const Measure kPastDueAmount = {
    .name = "past_due_amount",
    .unit = kMicros,
    .dimensions = {"currency", "close_month", "owner", "team", "forecast"},
    .grouping_sets = {{0}, {0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}}};
const Measure kPastDueWeighted = {.name = "past_due_weighted_amount",
                                  .unit = kMicros,
                                  .dimensions = {"currency", "close_month", "owner", "team"},
                                  .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}}};
const Measure kSlipped = {
    .name = "slipped_count", .dimensions = {"owner", "team"}, .grouping_sets = {{}, {0}, {1}}};

// Cohorts. Of the deals opened on a day: how they ended, and after how many quarters.
const Measure kCohortClosed = {
    .name = "cohort_closed_count",
    .dimensions = {"outcome", "quarters", "pipeline", "sourced_by", "team"},
    .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}}};
// Of the deals that first came to `from`, an open stage, on a day: which came to `to`, ever; all of
// them under "".
const Measure kStageReached = {.name = "stage_reached",
                               .dimensions = {"pipeline", "from", "to"},
                               .grouping_sets = {{0, 1, 2}, {2}}};
const Measure kStageSeconds = {
    .name = "stage_dwell_seconds", .dimensions = {"pipeline", "stage"}, .grouping_sets = {{0, 1}}};
const Measure kStageExits = {
    .name = "stage_exits", .dimensions = {"pipeline", "stage"}, .grouping_sets = {{0, 1}}};
// Seconds of the sales cycle of won deals.
const Measure kCycleBuckets = {
    .name = "won_cycle_buckets", .dimensions = {"bucket"}, .grouping_sets = {{0}}};
// Amounts of won deals, in hundredths of their currency's unit.
const Measure kWonBuckets = {
    .name = "won_amount_buckets", .dimensions = {"currency", "bucket"}, .grouping_sets = {{0, 1}}};

absl::string_view ForecastName(v1::ForecastCategory category) {
  switch (category) {
    case v1::FORECAST_OMITTED:
      return "omitted";
    case v1::FORECAST_PIPELINE:
      return "pipeline";
    case v1::FORECAST_BEST_CASE:
      return "best_case";
    case v1::FORECAST_MOST_LIKELY:
      return "most_likely";
    case v1::FORECAST_COMMIT:
      return "commit";
    case v1::FORECAST_CLOSED:
      return "closed";
    default:
      return "";
  }
}

struct Slice {
  const char* name;
  std::string value;
};

std::string CloseMonth(const RevenueModel& model, const View& deal) {
  if (!deal.fields().has_close_date()) return "";
  return FormatDay(model.DayOf(deal.fields().close_date())).substr(0, 7);
}

std::vector<Slice> SlicesOf(const RevenueModel& model, const View& deal) {
  const auto& fields = deal.fields();
  const std::string month = CloseMonth(model, deal);
  const std::string source(SourceName(fields.sourced_by()));
  return {{"", ""},
          {"pipeline", fields.pipeline_id()},
          {"stage", absl::StrCat(fields.pipeline_id(), "/", fields.stage_id())},
          {"owner", fields.owner()},
          {"team", fields.owner_team()},
          {"close_month", month},
          {"sourced_by", source},
          {"motion", std::string(MotionName(fields.motion()))},
          // Their last parts hold no "/", so that each value is one pair.
          {"team,close_month", absl::StrCat(fields.owner_team(), "/", month)},
          {"sourced_by,close_month", absl::StrCat(source, "/", month)},
          {"team,sourced_by", absl::StrCat(fields.owner_team(), "/", source)}};
}

struct Part {
  std::string currency;
  int128 micros = 0;
};
// Nothing: no amount is known.
std::vector<Part> AmountOf(const View& deal) {
  if (!deal.has_amount()) return {};
  const auto amount = Money::FromProto(deal.amount());
  REVOPS_CHECK(amount.ok());
  return {{amount->currency().code(), amount->micros()}};
}

bool IsOpen(const View& deal) { return deal.state() == View::OPEN && !deal.deleted(); }

// One step's flows.
class Flows final {
 public:
  Flows(const OpportunityStep& step, Fold& fold)
      : before_(step.before), after_(step.after), model_(fold.model()), fold_(fold) {
    day_ = model_.DayOf(step.at);
  }

  void Run() {
    const bool was = IsOpen(before_);
    const bool is = IsOpen(after_);
    if (!was && !is) return;
    if (was && is) {
      Stay();
    } else if (was) {
      // What the closing event says of the amount changes it first: what is won is what is booked.
      const std::vector<Slice> slices = SlicesOf(model_, before_);
      for (const Slice& slice : slices) {
        Change(slice);
        Enter(slice, LeavingBy(), "", -1, after_);
      }
    } else {
      const bool reopened = after_.times_reopened() > before_.times_reopened();
      const absl::string_view flow = before_.deleted() ? "scrubbed"
                                     : reopened        ? "reopened"
                                                       : "created";
      const bool changed = reopened && !before_.deleted();
      for (const Slice& slice : SlicesOf(model_, after_)) {
        Enter(slice, flow, "", 1, changed ? before_ : after_);
        if (changed) Change(slice);
      }
    }
  }

 private:
  absl::string_view LeavingBy() const {
    if (after_.deleted()) return "scrubbed";
    switch (after_.state()) {
      case View::WON:
        return "won";
      case View::DISQUALIFIED:
      case View::DUPLICATE:
        return "scrubbed";
      default:
        return "lost";
    }
  }

  void Stay() {
    const std::vector<Slice> from = SlicesOf(model_, before_);
    const std::vector<Slice> to = SlicesOf(model_, after_);
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i].value != to[i].value) {
        Enter(from[i], "moved_out", to[i].value, -1, before_);
        Enter(to[i], "moved_in", from[i].value, 1, before_);
      }
      Change(to[i]);
    }
  }

  void Enter(const Slice& slice, absl::string_view flow, absl::string_view other, int sign,
             const View& deal) {
    fold_.Count(kFlowCount, day_, {slice.name, slice.value, flow, other}, sign);
    for (const Part& part : AmountOf(deal)) Add(slice, flow, other, part, sign);
  }

  // The amount before becomes that after.
  void Change(const Slice& slice) {
    const std::vector<Part> old = AmountOf(before_);
    const std::vector<Part> now = AmountOf(after_);
    if (!old.empty() && !now.empty() && old[0].currency == now[0].currency) {
      const int128 change = now[0].micros - old[0].micros;
      Add(slice, change < 0 ? "decreased" : "increased", "", {now[0].currency, change}, 1);
      return;
    }
    for (const Part& part : old) Add(slice, "decreased", "", part, -1);
    for (const Part& part : now) Add(slice, "increased", "", part, 1);
  }

  void Add(const Slice& slice, absl::string_view flow, absl::string_view other, const Part& part,
           int sign) {
    fold_.Count(kFlowAmount, day_, {slice.name, slice.value, part.currency, flow, other},
                sign * part.micros);
  }

  const View& before_;
  const View& after_;
  const RevenueModel& model_;
  Fold& fold_;
  int32_t day_ = 0;
};

int128 Weighted(const View& deal, const Part& part, const RevenueModel& model) {
  const auto stage =
      model.StageOf(deal.fields().pipeline_id(), deal.fields().stage_id(), deal.stage_entered_at());
  return stage.has_value() ? part.micros * stage->stage->probability_ppm() / 1'000'000 : 0;
}

// What an open deal is in every stock, from `day` on.
void CountStocks(const View& deal, int sign, int32_t day, Fold& fold) {
  if (!IsOpen(deal)) return;
  const RevenueModel& model = fold.model();
  const auto& fields = deal.fields();
  const std::string month = CloseMonth(model, deal);
  const absl::string_view forecast = ForecastName(fields.forecast_category());
  const bool qualified = deal.qualified_at() != 0;
  fold.Count(kClosingCount, day, {month, fields.owner(), fields.owner_team(), forecast}, sign);
  if (qualified) {
    fold.Count(kQualifiedOpen, day, {fields.pipeline_id(), fields.owner(), fields.owner_team()},
               sign);
  }
  const int32_t due =
      fields.has_close_date() ? std::max(model.DayOf(fields.close_date()) + 1, day) : 0;
  if (fields.has_close_date()) {
    fold.Count(
        kPastDueCount, due,
        {qualified ? "yes" : "no", fields.pipeline_id(), fields.owner(), fields.owner_team()},
        sign);
    fold.Count(kPastDueClosing, due, {month, fields.owner(), fields.owner_team(), forecast}, sign);
  }
  for (const Part& part : AmountOf(deal)) {
    fold.Count(kClosingAmount, day,
               {part.currency, month, fields.owner(), fields.owner_team(), forecast},
               sign * part.micros);
    const int128 weighted = sign * Weighted(deal, part, model);
    fold.Count(kWeightedAmount, day, {part.currency, month, fields.owner(), fields.owner_team()},
               weighted);
    if (!fields.has_close_date()) continue;
    fold.Count(kPastDueAmount, due,
               {part.currency, month, fields.owner(), fields.owner_team(), forecast},
               sign * part.micros);
    fold.Count(kPastDueWeighted, due, {part.currency, month, fields.owner(), fields.owner_team()},
               weighted);
  }
}

bool SameAmount(const View& a, const View& b) {
  const std::vector<Part> old = AmountOf(a);
  const std::vector<Part> now = AmountOf(b);
  return old.size() == now.size() &&
         (old.empty() || (old[0].currency == now[0].currency && old[0].micros == now[0].micros));
}

bool SameStocks(const View& a, const View& b) {
  const auto& left = a.fields();
  const auto& right = b.fields();
  return IsOpen(a) == IsOpen(b) && left.pipeline_id() == right.pipeline_id() &&
         left.stage_id() == right.stage_id() && left.owner() == right.owner() &&
         left.owner_team() == right.owner_team() &&
         left.has_close_date() == right.has_close_date() &&
         left.close_date() == right.close_date() &&
         left.forecast_category() == right.forecast_category() &&
         a.stage_entered_at() == b.stage_entered_at() &&
         (a.qualified_at() == 0) == (b.qualified_at() == 0) && SameAmount(a, b);
}

// Of the deals opened on a day, on that day.
void CountCohort(const View& deal, int sign, Fold& fold) {
  if (!IsClosed(deal) || deal.deleted()) return;
  const RevenueModel& model = fold.model();
  const int32_t opened = model.DayOf(deal.opened_at());
  const int32_t quarters =
      model.calendar().PeriodOf(PeriodKind::kQuarter, model.DayOf(deal.closed_at())) -
      model.calendar().PeriodOf(PeriodKind::kQuarter, opened);
  const auto& fields = deal.fields();
  fold.Count(kCohortClosed, opened,
             {StateName(deal.state()), absl::StrCat(quarters), fields.pipeline_id(),
              SourceName(fields.sourced_by()), fields.owner_team()},
             sign);
}

bool IsOpenStage(const v1::StagePassed& passed, const RevenueModel& model) {
  const auto stage =
      model.StageOf(passed.pipeline_id(), passed.stage_id(), passed.first_entered_at());
  return stage.has_value() && stage->stage->kind() == v1::OPEN_STAGE;
}

void CountReached(const OpportunityStep& step, int32_t day, Fold& fold) {
  const auto& before = step.before.stages();
  const auto& after = step.after.stages();
  const RevenueModel& model = fold.model();
  for (int i = 0; i < after.size(); ++i) {
    const auto& stage = after[i];
    if (i < before.size()) {
      const int64_t dwell = stage.dwell() - before[i].dwell();
      fold.Count(kStageSeconds, day, {stage.pipeline_id(), stage.stage_id()}, dwell / 1'000'000);
      if (dwell != 0) fold.Count(kStageExits, day, {stage.pipeline_id(), stage.stage_id()}, 1);
      continue;
    }
    if (IsOpenStage(stage, model)) {
      fold.Count(kStageReached, model.DayOf(stage.first_entered_at()),
                 {stage.pipeline_id(), stage.stage_id(), ""}, 1);
    }
    for (int j = 0; j < i; ++j) {
      if (after[j].pipeline_id() != stage.pipeline_id() || !IsOpenStage(after[j], model)) continue;
      fold.Count(kStageReached, model.DayOf(after[j].first_entered_at()),
                 {stage.pipeline_id(), after[j].stage_id(), stage.stage_id()}, 1);
    }
  }
}

void CountWon(const View& deal, int sign, int32_t day, Fold& fold) {
  if (deal.state() != View::WON || deal.deleted()) return;
  for (const Part& part : AmountOf(deal)) {
    const int128 hundredths = std::min<int128>(part.micros / 10'000, int64_t{1} << 62);
    fold.Count(kWonBuckets, day, {part.currency, BucketOf(static_cast<int64_t>(hundredths))}, sign);
  }
  if (deal.qualified_at() == 0 || deal.closed_at() < deal.qualified_at()) return;
  fold.Count(kCycleBuckets, day, {BucketOf(CycleSeconds(deal, fold.model()))}, sign);
}

}  // namespace

const std::vector<Measure>& OpportunityFlowMeasures() {
  static const auto& list = *new std::vector<Measure>{
      kFlowCount,     kFlowAmount,   kClosingCount,  kClosingAmount,  kWeightedAmount,
      kQualifiedOpen, kPastDueCount, kPastDueAmount, kPastDueClosing, kPastDueWeighted,
      kSlipped,       kCohortClosed, kStageReached,  kStageSeconds,   kStageExits,
      kCycleBuckets,  kWonBuckets};
  return list;
}

void CountFlows(const OpportunityStep& step, Fold& fold) {
  const int32_t day = fold.model().DayOf(step.at);
  Flows(step, fold).Run();
  if (!SameStocks(step.before, step.after)) {
    CountStocks(step.before, -1, day, fold);
    CountStocks(step.after, 1, day, fold);
  }
  const bool same_end =
      IsClosed(step.before) == IsClosed(step.after) && step.before.state() == step.after.state() &&
      step.before.closed_at() == step.after.closed_at() &&
      step.before.deleted() == step.after.deleted() && SameAmount(step.before, step.after);
  if (!same_end) {
    CountCohort(step.before, -1, fold);
    CountCohort(step.after, 1, fold);
    const BookingDays days = BookingDaysOf(step, fold.model());
    CountWon(step.before, -1, days.before, fold);
    CountWon(step.after, 1, days.after, fold);
  }
  CountReached(step, day, fold);
  if (step.after.times_close_date_moved() > step.before.times_close_date_moved()) {
    const auto& fields = step.after.fields();
    fold.Count(kSlipped, day, {fields.owner(), fields.owner_team()}, 1);
  }
}

}  // namespace revops
