#include "projections/handover_counts.h"

#include <algorithm>
#include <string>

#include "engine/base/log_linear.h"
#include "projections/contributions.h"

namespace revops {
namespace {

using View = v1::HandOverView;

// People are contacts at an account and count once; each qualification is an attempt.
const Measure kPeople = {.name = "mql_people",
                         .dimensions = {"basis", "channel", "origin", "campaign"},
                         .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}}};
const Measure kAttempts = {.name = "mql_attempts",
                           .dimensions = {"basis", "channel", "origin", "campaign"},
                           .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}}};
const Measure kExpansion = {.name = "expansion_signals",
                            .dimensions = {"basis", "channel"},
                            .grouping_sets = {{0}, {0, 1}}};

// Attempts that were handed over to sales, of them accepted (SAL), sales-qualified (SQL), … on the
// day of each. Channel, campaign and origin are those that brought the lead; owner and team those
// that have it now; basis says who called it qualified: the model, somebody, or ("") nobody.
const std::vector<absl::string_view> kWhose = {"channel", "campaign", "origin",
                                               "owner",   "team",     "basis"};
const std::vector<std::vector<int>> kEachOfWhose = {{5}, {0}, {1}, {2}, {3}, {4}};
const Measure kHandedOver = {
    .name = "handed_over", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
const Measure kAssigned = {.name = "assigned", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
const Measure kTouched = {
    .name = "lead_touched", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
const Measure kAccepted = {.name = "sal", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
const Measure kSalesQualified = {
    .name = "sql", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
const Measure kOpportunity = {
    .name = "lead_opportunity", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
const Measure kWon = {.name = "lead_won", .dimensions = kWhose, .grouping_sets = kEachOfWhose};
// On the day it lapses: neither accepted nor given back by then.
const Measure kLapsed = {.name = "lapsed", .dimensions = kWhose, .grouping_sets = kEachOfWhose};

// Given back, with the reason.
const std::vector<absl::string_view> kReasons = {"reason", "channel", "campaign", "owner", "team"};
const std::vector<std::vector<int>> kReasonSets = {{}, {0}, {1}, {2}, {3}, {4}};
const Measure kRejected = {
    .name = "rejected", .dimensions = kReasons, .grouping_sets = kReasonSets};
const Measure kRecycled = {
    .name = "recycled", .dimensions = kReasons, .grouping_sets = kReasonSets};
const Measure kDisqualified = {
    .name = "disqualified", .dimensions = kReasons, .grouping_sets = kReasonSets};

// Conversion by cohort: of those that took step `from` on a day, how many ever took step `to`, by
// days between. The steps: handed_over, assigned, touched, sal, sql, opportunity, won.
const Measure kReached = {
    .name = "lead_reached",
    .dimensions = {"from", "to", "lag", "channel", "campaign", "team", "basis"},
    .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}, {0, 1, 5}, {0, 1, 6}}};

// Of the same cohorts, those of which it is known whether they come to `to`: they did, or were
// given back, or their deal was lost. What lapsed was not answered.
const Measure kResolved = {.name = "lead_resolved",
                           .dimensions = {"from", "to", "channel", "campaign", "team", "basis"},
                           .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}, {0, 1, 5}}};

// First touches promised, on the day they are due; missed until answered in time. Cut at now: what
// is not yet due is counted on a day to come.
const std::vector<absl::string_view> kPromise = {"lead_type", "channel", "campaign", "owner",
                                                 "team"};
const std::vector<std::vector<int>> kPromiseSets = {{}, {0}, {1}, {2}, {3}, {4}};
const Measure kSlaDue = {.name = "sla_due", .dimensions = kPromise, .grouping_sets = kPromiseSets};
const Measure kSlaMet = {.name = "sla_met", .dimensions = kPromise, .grouping_sets = kPromiseSets};
const Measure kSlaMissed = {
    .name = "sla_missed", .dimensions = kPromise, .grouping_sets = kPromiseSets};

// Attempts that nobody has touched since they fell due, and that have not ended: counted on the day
// they were due, and off on the day somebody picks them up, or their person leaves. Their sum to a
// day is what lay dropped then. One that is given to somebody else is off that day, and lies anew
// from the day it falls due for them.
const Measure kDropped = {
    .name = "dropped_batons", .dimensions = kWhose, .grouping_sets = kEachOfWhose};

// Business time, by part: "speed_to_lead" (hand-over to first touch), "system" (hand-over to first
// assignment), "human" (last assignment to first touch). The mean is seconds / count; percentiles
// are of the buckets (engine/base/log_linear.h), at most 1 % off.
const std::vector<std::vector<int>> kDelaySets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}};
const Measure kDelaySeconds = {.name = "lead_delay_seconds",
                               .dimensions = {"part", "lead_type", "channel", "owner", "team"},
                               .grouping_sets = kDelaySets};
const Measure kDelayCount = {.name = "lead_delay_count",
                             .dimensions = {"part", "lead_type", "channel", "owner", "team"},
                             .grouping_sets = kDelaySets};
const Measure kDelayBucket = {
    .name = "lead_delay_bucket",
    .dimensions = {"part", "bucket", "lead_type", "channel", "owner", "team"},
    .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}, {0, 1, 5}}};

struct Step {
  const char* name;
  const Measure* measure;
  int64_t (View::*at)() const;
};
const Step kSteps[] = {
    {"handed_over", &kHandedOver, &View::handed_over_at},
    {"assigned", &kAssigned, &View::assigned_at},
    {"touched", &kTouched, &View::first_touch_at},
    {"sal", &kAccepted, &View::accepted_at},
    {"sql", &kSalesQualified, &View::sales_qualified_at},
    {"opportunity", &kOpportunity, &View::opportunity_at},
    {"won", &kWon, &View::won_at},
};

class Builder final {
 public:
  Builder(const View& attempt, const RevenueModel& model) : attempt_(attempt), model_(model) {}

  Contributions Build() {
    AddSteps();
    AddResolved();
    AddReturns();
    AddPromises();
    AddDelay("system", attempt_.has_system_delay_s(), attempt_.system_delay_s());
    AddDelay("human", attempt_.has_human_delay_s(), attempt_.human_delay_s());
    AddDelay("speed_to_lead", attempt_.has_speed_to_lead_s(), attempt_.speed_to_lead_s());
    return std::move(contributions_);
  }

 private:
  std::vector<std::string> Whose() const {
    return {attempt_.channel(), attempt_.campaign(),   attempt_.origin(),
            attempt_.owner(),   attempt_.owner_team(), attempt_.basis()};
  }

  void AddSteps() {
    for (const Step& step : kSteps) {
      const int64_t at = (attempt_.*step.at)();
      if (at == 0) continue;
      const int32_t day = model_.DayOf(at);
      contributions_.Add(*step.measure, day, Whose());
      for (const Step& earlier : kSteps) {
        if (&earlier == &step) break;
        const int64_t from = (attempt_.*earlier.at)();
        if (from == 0 || from > at) continue;
        const int32_t entered = model_.DayOf(from);
        contributions_.Add(
            kReached, entered,
            {earlier.name, step.name, std::string(LagBucket(day - entered)), attempt_.channel(),
             attempt_.campaign(), attempt_.owner_team(), attempt_.basis()});
      }
    }
    if (attempt_.lapses_at() != 0) {
      contributions_.Add(kLapsed, model_.DayOf(attempt_.lapses_at()), Whose());
    }
  }

  // A step lies ahead as long as nothing says that it never comes.
  bool Resolved(const Step& to) const {
    return (attempt_.*to.at)() != 0 || attempt_.rejected_at() != 0 || attempt_.recycled_at() != 0 ||
           attempt_.disqualified_at() != 0 || attempt_.deal_lost_at() != 0;
  }
  void AddResolved() {
    for (const Step& to : kSteps) {
      if (!Resolved(to)) continue;
      for (const Step& from : kSteps) {
        if (&from == &to) break;
        const int64_t entered = (attempt_.*from.at)();
        if (entered == 0) continue;
        contributions_.Add(kResolved, model_.DayOf(entered),
                           {from.name, to.name, attempt_.channel(), attempt_.campaign(),
                            attempt_.owner_team(), attempt_.basis()});
      }
    }
  }

  void AddReturn(const Measure& measure, int64_t at) {
    if (at == 0) return;
    contributions_.Add(measure, model_.DayOf(at),
                       {attempt_.reason(), attempt_.channel(), attempt_.campaign(),
                        attempt_.owner(), attempt_.owner_team()});
  }
  void AddReturns() {
    AddReturn(kRejected, attempt_.rejected_at());
    AddReturn(kRecycled, attempt_.recycled_at());
    AddReturn(kDisqualified, attempt_.disqualified_at());
  }

  void AddPromise(int64_t due_at, bool met, const std::string& owner, const std::string& team) {
    const int32_t day = model_.DayOf(due_at);
    const std::vector<std::string> dims = {attempt_.lead_type(), attempt_.channel(),
                                           attempt_.campaign(), owner, team};
    contributions_.Add(kSlaDue, day, dims);
    contributions_.Add(met ? kSlaMet : kSlaMissed, day, dims);
  }
  void AddPromises() {
    for (const auto& clock : attempt_.missed()) {
      AddPromise(clock.due_at(), false, clock.owner(), clock.owner_team());
      AddDropped(clock.due_at(), clock.ended_at(), clock.owner(), clock.owner_team());
    }
    if (attempt_.due_at() != 0) {
      AddPromise(attempt_.due_at(), attempt_.answered(), attempt_.owner(), attempt_.owner_team());
      const int64_t touched = attempt_.first_touch_at();
      const int64_t ended = attempt_.ended_at();
      const int64_t picked_up = touched == 0 || (ended != 0 && ended < touched) ? ended : touched;
      AddDropped(attempt_.due_at(), picked_up, attempt_.owner(), attempt_.owner_team());
    }
  }

  // Lay dropped from `due_at` to `until` (0: it still does), while the person was there.
  void AddDropped(int64_t due_at, int64_t until, const std::string& owner,
                  const std::string& team) {
    const std::vector<std::string> whose = {
        attempt_.channel(), attempt_.campaign(), attempt_.origin(), owner, team, attempt_.basis()};
    const auto& turns = attempt_.left_and_back_at();
    for (int left = 0; left <= turns.size(); left += 2) {
      const int64_t from = left == 0 ? due_at : std::max(due_at, turns[left - 1]);
      int64_t to = until;
      if (left < turns.size() && (to == 0 || turns[left] < to)) to = turns[left];
      if (to != 0 && to <= from) continue;
      contributions_.Add(kDropped, model_.DayOf(from), whose);
      if (to != 0) contributions_.Add(kDropped, model_.DayOf(to), whose, -1);
    }
  }

  void AddDelay(const char* part, bool known, int64_t seconds) {
    if (!known) return;
    const int32_t day = model_.DayOf(attempt_.handed_over_at());
    const std::vector<std::string> dims = {part, attempt_.lead_type(), attempt_.channel(),
                                           attempt_.owner(), attempt_.owner_team()};
    contributions_.Add(kDelaySeconds, day, dims, seconds);
    contributions_.Add(kDelayCount, day, dims);
    contributions_.Add(kDelayBucket, day,
                       {part, BucketOf(seconds), attempt_.lead_type(), attempt_.channel(),
                        attempt_.owner(), attempt_.owner_team()});
  }

  const View& attempt_;
  const RevenueModel& model_;
  Contributions contributions_;
};

Contributions ContributionsOf(const View& attempt, const RevenueModel& model) {
  if (attempt.handed_over_at() == 0) return Contributions();
  return Builder(attempt, model).Build();
}

}  // namespace

const std::vector<Measure>& HandOverMeasures() {
  static const auto& list = *new std::vector<Measure>{
      kPeople,    kAttempts,       kExpansion,    kHandedOver, kAssigned,   kTouched,
      kAccepted,  kSalesQualified, kOpportunity,  kWon,        kLapsed,     kRejected,
      kRecycled,  kDisqualified,   kReached,      kResolved,   kSlaDue,     kSlaMet,
      kSlaMissed, kDropped,        kDelaySeconds, kDelayCount, kDelayBucket};
  return list;
}

bool IsUntouched(const View& attempt) {
  return attempt.handed_over_at() != 0 && !attempt.former() && attempt.due_at() != 0 &&
         attempt.first_touch_at() == 0 && attempt.ended_at() == 0;
}

void CountChange(const View& before, const View& after, Fold& fold) {
  const RevenueModel& model = fold.model();
  // Clocks run one after the other, so that no two fall due at once.
  const bool forgot = !before.missed().empty() && !after.missed().empty() &&
                      before.missed(0).due_at() != after.missed(0).due_at();
  View told = before;
  if (forgot) told.mutable_missed()->DeleteSubrange(0, 1);
  ContributionsOf(after, model).CountSince(ContributionsOf(told, model), fold);
}

void CountQualified(const Qualified& qualified, int32_t day, Fold& fold) {
  if (qualified.expansion) {
    return fold.Count(kExpansion, day, {qualified.basis, qualified.channel}, 1);
  }
  const absl::string_view dims[] = {qualified.basis, qualified.channel, qualified.origin,
                                    qualified.campaign};
  if (qualified.first) fold.Count(kPeople, day, dims, 1);
  fold.Count(kAttempts, day, dims, 1);
}

absl::string_view LagBucket(int32_t days) {
  static constexpr struct {
    int32_t last;
    const char* name;
  } kBuckets[] = {{0, "0"},      {1, "1"},      {3, "2-3"},    {7, "4-7"},      {14, "8-14"},
                  {30, "15-30"}, {60, "31-60"}, {90, "61-90"}, {180, "91-180"}, {365, "181-365"}};
  for (const auto& bucket : kBuckets) {
    if (days <= bucket.last) return bucket.name;
  }
  return "366+";
}

}  // namespace revops
