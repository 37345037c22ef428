#include "projections/handover_attempt.h"

#include <algorithm>

#include "engine/event/kind.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::HandOverView;

constexpr int kMissedMax = 8;
constexpr int kTurnsMax = 16;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;

template <typename List>
bool Names(const List& list, absl::string_view value) {
  return list.empty() || std::any_of(list.begin(), list.end(), [value](const std::string& name) {
           return KindMatches(name, value);
         });
}

// Without a calendar, a target or exact times there is no clock.
void StartClock(int64_t at, const RevenueModel& model, View& attempt) {
  const BusinessHours* hours = model.CalendarNamed(attempt.calendar());
  if (hours == nullptr || attempt.target_minutes() == 0 || attempt.by_day()) {
    attempt.clear_due_at();
    return;
  }
  attempt.set_due_at(hours->After(at, attempt.target_minutes() * kMicrosPerMinute));
}

// Business seconds; nothing without a calendar or exact times.
std::optional<int64_t> Seconds(int64_t from, int64_t to, const RevenueModel& model,
                               const View& attempt) {
  const BusinessHours* hours = model.CalendarNamed(attempt.calendar());
  if (hours == nullptr || attempt.by_day() || from == 0) return std::nullopt;
  return hours->Between(from, to) / kMicrosPerSecond;
}

// A clock that ran out stays missed by whom it ran for, and what lay dropped lay until now: only
// what is still running restarts.
void KeepMissed(int64_t at, View& attempt) {
  if (attempt.due_at() == 0 || attempt.due_at() >= at) return;
  auto& all = *attempt.mutable_missed();
  if (all.size() == kMissedMax) all.DeleteSubrange(0, 1);
  auto& missed = *attempt.add_missed();
  missed.set_due_at(attempt.due_at());
  missed.set_owner(attempt.owner());
  missed.set_owner_team(attempt.owner_team());
  missed.set_ended_at(attempt.ended_at() != 0 ? attempt.ended_at() : at);
}

void Assign(const Fact& fact, const RevenueModel& model, View& attempt) {
  const v1::Lead& event = fact.event->lead();
  const bool touched = attempt.first_touch_at() != 0;
  if (!touched) KeepMissed(fact.occurred_at, attempt);
  attempt.set_owner(event.owner());
  attempt.set_owner_team(event.owner_team());
  if (!event.calendar().empty()) attempt.set_calendar(event.calendar());
  if (attempt.assigned_at() == 0) {
    attempt.set_assigned_at(fact.occurred_at);
    const auto delay = Seconds(attempt.handed_over_at(), fact.occurred_at, model, attempt);
    if (delay.has_value()) attempt.set_system_delay_s(*delay);
  }
  if (touched) return;
  attempt.set_human_clock_from(fact.occurred_at);
  StartClock(fact.occurred_at, model, attempt);
}

void Accept(int64_t at, View& attempt) {
  if (attempt.accepted_at() != 0) return;
  attempt.set_accepted_at(at);
  if (attempt.lapses_at() >= at) attempt.clear_lapses_at();
}

void QualifyBySales(int64_t at, View& attempt) {
  Accept(at, attempt);
  if (attempt.sales_qualified_at() == 0) attempt.set_sales_qualified_at(at);
}

void End(int64_t at, View& attempt) {
  if (attempt.ended_at() == 0) attempt.set_ended_at(at);
  if (attempt.lapses_at() >= at) attempt.clear_lapses_at();
}

// Given back: an answer, if it says why and comes in time.
void GiveBack(const Fact& fact, View& attempt) {
  const bool in_time = attempt.due_at() != 0 && fact.occurred_at <= attempt.due_at();
  if (in_time && !fact.event->lead().reason().empty()) attempt.set_answered(true);
  End(fact.occurred_at, attempt);
}

}  // namespace

void HandOver(int64_t at, bool by_day, absl::string_view kind, const RevenueModel& model,
              View& attempt) {
  attempt.set_handed_over_at(at);
  attempt.set_by_day(by_day);
  const v1::Sla& sla = model.SlaAt(at);
  for (const auto& target : sla.speed_to_lead()) {
    if (!Names(target.kind(), kind) || !Names(target.origin(), attempt.origin())) continue;
    attempt.set_lead_type(target.lead_type());
    attempt.set_target_minutes(target.target_minutes());
    break;
  }
  if (sla.lapse_days() > 0) attempt.set_lapses_at(at + sla.lapse_days() * kMicrosPerDay);
  StartClock(at, model, attempt);
}

void ApplyLeadAction(const Fact& fact, const RevenueModel& model, View& attempt) {
  const v1::Lead& event = fact.event->lead();
  const int64_t at = fact.occurred_at;
  if (ByDay(*fact.event)) attempt.set_by_day(true);
  if (!event.reason().empty()) attempt.set_reason(event.reason());
  switch (event.action()) {
    case v1::Lead::ASSIGNED:
    case v1::Lead::REASSIGNED:
      return Assign(fact, model, attempt);
    case v1::Lead::ACCEPTED:
      return Accept(at, attempt);
    case v1::Lead::SALES_QUALIFIED:
      return QualifyBySales(at, attempt);
    case v1::Lead::REJECTED:
      attempt.set_rejected_at(at);
      return GiveBack(fact, attempt);
    case v1::Lead::RECYCLED:
      attempt.set_recycled_at(at);
      return GiveBack(fact, attempt);
    case v1::Lead::DISQUALIFIED:
      attempt.set_disqualified_at(at);
      return GiveBack(fact, attempt);
    case v1::Lead::CONVERTED:
      attempt.set_converted_at(at);
      Accept(at, attempt);
      // Nobody waits for a first touch any more.
      if (attempt.first_touch_at() == 0 && attempt.due_at() >= at) attempt.clear_due_at();
      return End(at, attempt);
    default:
      return;
  }
}

void TouchByHand(const Fact& fact, const RevenueModel& model, View& attempt) {
  if (attempt.ended_at() != 0 || attempt.first_touch_at() != 0) return;
  const int64_t at = fact.occurred_at;
  attempt.set_first_touch_at(at);
  if (ByDay(*fact.event)) attempt.set_by_day(true);
  attempt.set_answered(attempt.due_at() != 0 && at <= attempt.due_at());
  const auto human = Seconds(attempt.human_clock_from(), at, model, attempt);
  if (human.has_value()) attempt.set_human_delay_s(*human);
  const auto total = Seconds(attempt.handed_over_at(), at, model, attempt);
  if (total.has_value()) attempt.set_speed_to_lead_s(*total);
}

void LeaveOrComeBack(int64_t at, bool leaves, View& attempt) {
  if (attempt.former() == leaves) return;
  attempt.set_former(leaves);
  const int turns = attempt.left_and_back_at_size();
  const bool waits = attempt.first_touch_at() == 0 && attempt.ended_at() == 0;
  // Each return needs its leave, so that only whole pairs fit.
  if (turns % 2 == 1 || (leaves && waits && turns < kTurnsMax)) attempt.add_left_and_back_at(at);
}

void LeadToDeal(int64_t at, const Id& deal, View& attempt) {
  if (attempt.opportunity_at() != 0) return;
  attempt.set_opportunity_at(at);
  attempt.set_opportunity(deal.bytes());
  QualifyBySales(at, attempt);
}

void PresentAttempt(int64_t instant, View& attempt) {
  if (!attempt.opportunity().empty()) {
    attempt.set_opportunity_id(ToText(Id::FromBytes(attempt.opportunity())));
  }
  if (attempt.due_at() != 0) {
    const bool late = attempt.first_touch_at() > attempt.due_at();
    const bool waits = attempt.first_touch_at() == 0 && attempt.ended_at() == 0;
    attempt.set_overdue(late || (waits && instant > attempt.due_at()));
  }
  if (attempt.ended_at() != 0) return;
  const bool lapsed =
      attempt.lapses_at() != 0 && attempt.accepted_at() == 0 && instant > attempt.lapses_at();
  attempt.set_waiting_on(lapsed                          ? "lapsed"
                         : attempt.assigned_at() == 0    ? "assignment"
                         : attempt.first_touch_at() == 0 ? "first touch"
                         : attempt.accepted_at() == 0    ? "acceptance"
                                                         : "");
}

}  // namespace revops
