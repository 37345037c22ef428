#include "projections/lead_attempts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/event/kind.h"
#include "projections/rows.h"

namespace revops {
namespace {

constexpr int kAttemptsMax = 8;
constexpr int64_t kMicrosPerMinute = 60'000'000;

// The attempt of that hand-over; of an event that names none, the last one if it is not ended.
v1::LeadAttempt* FindAttempt(const std::string& handover_id, v1::LeadView& lead) {
  auto& attempts = *lead.mutable_attempts();
  if (handover_id.empty()) {
    const bool current = !attempts.empty() && !attempts.rbegin()->ended();
    return current ? &*attempts.rbegin() : nullptr;
  }
  for (auto& attempt : attempts) {
    if (attempt.handover_id() == handover_id) return &attempt;
  }
  return nullptr;
}

bool IsAboutAttempt(const v1::Lead& event) {
  switch (event.action()) {
    case v1::Lead::DECLARED_QUALIFIED:
    case v1::Lead::ASSIGNED:
    case v1::Lead::REASSIGNED:
    case v1::Lead::ACCEPTED:
    case v1::Lead::REJECTED:
    case v1::Lead::SALES_QUALIFIED:
      return true;
    case v1::Lead::DISQUALIFIED:
    case v1::Lead::RECYCLED:
    case v1::Lead::CONVERTED:
      return !event.handover_id().empty();
    default:
      return false;
  }
}

bool EndsAttempt(v1::Lead::Action action) {
  return action == v1::Lead::REJECTED || action == v1::Lead::DISQUALIFIED ||
         action == v1::Lead::RECYCLED || action == v1::Lead::CONVERTED;
}

template <typename List>
bool Names(const List& list, absl::string_view value) {
  return list.empty() || std::any_of(list.begin(), list.end(), [value](const std::string& name) {
           return KindMatches(name, value);
         });
}

v1::LeadAttempt& Open(const Fact& fact, const RevenueModel& model, v1::LeadView& lead) {
  auto& attempts = *lead.mutable_attempts();
  if (attempts.size() == kAttemptsMax) attempts.erase(attempts.begin());
  lead.set_attempts_count(lead.attempts_count() + 1);
  v1::LeadAttempt& attempt = *attempts.Add();
  attempt.set_handover_id(fact.event->lead().handover_id());
  attempt.set_handed_over_at(fact.occurred_at);
  for (const auto& target : model.SlaAt(fact.occurred_at).speed_to_lead()) {
    if (!Names(target.kind(), lead.qualified_by()) || !Names(target.origin(), lead.origin())) {
      continue;
    }
    attempt.set_lead_type(target.lead_type());
    attempt.set_target_minutes(target.target_minutes());
    break;
  }
  return attempt;
}

// The human clock runs from the assignment, in the owner's business hours; reassignment restarts
// it.
void Assign(const Fact& fact, const RevenueModel& model, v1::LeadAttempt& attempt) {
  const v1::Lead& event = fact.event->lead();
  attempt.set_assigned_at(fact.occurred_at);
  attempt.set_owner(event.owner());
  if (!event.calendar().empty()) attempt.set_calendar(event.calendar());
  const BusinessHours* hours = model.CalendarNamed(attempt.calendar());
  if (hours == nullptr || attempt.target_minutes() == 0 || attempt.by_day()) return;
  attempt.set_due_at(hours->After(fact.occurred_at, attempt.target_minutes() * kMicrosPerMinute));
}

}  // namespace

bool OpensAttempt(const v1::Lead& event, const v1::LeadView& lead) {
  return IsAboutAttempt(event) &&
         FindAttempt(event.handover_id(), const_cast<v1::LeadView&>(lead)) == nullptr;
}

absl::Status ApplyToAttempt(const Fact& fact, const RevenueModel& model, v1::LeadView& lead) {
  const v1::Lead& event = fact.event->lead();
  if (!event.calendar().empty() && model.CalendarNamed(event.calendar()) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("calendar \"", event.calendar(),
                                                   "\" is not in the model; add it to "
                                                   "business_calendar"));
  }
  v1::LeadAttempt* attempt = FindAttempt(event.handover_id(), lead);
  if (attempt == nullptr && IsAboutAttempt(event)) attempt = &Open(fact, model, lead);
  if (attempt == nullptr) return absl::OkStatus();
  if (ByDay(*fact.event)) attempt->set_by_day(true);
  switch (event.action()) {
    case v1::Lead::ASSIGNED:
    case v1::Lead::REASSIGNED:
      Assign(fact, model, *attempt);
      break;
    case v1::Lead::ACCEPTED:
      attempt->set_accepted_at(fact.occurred_at);
      break;
    case v1::Lead::REJECTED:
      attempt->set_rejected_at(fact.occurred_at);
      break;
    case v1::Lead::SALES_QUALIFIED:
      attempt->set_sales_qualified_at(fact.occurred_at);
      break;
    default:
      break;
  }
  if (!event.reason().empty()) attempt->set_reason(event.reason());
  if (EndsAttempt(event.action())) attempt->set_ended(true);
  return absl::OkStatus();
}

void NoteAction(const Fact& fact, v1::LeadView& row) {
  const v1::Lead& event = fact.event->lead();
  const absl::string_view kind = KindOf(*fact.event);
  const absl::string_view action = kind.substr(kind.find('.') + 1);
  row.set_status(action.data(), action.size());
  row.set_status_at(fact.occurred_at);
  if (!event.lead_id().empty()) row.set_lead_id(event.lead_id());
  if (!event.reason().empty()) row.set_last_reason(event.reason());
  // A history may begin with a conversion; what the creation says of the origin stands over others.
  if (!event.origin().empty() && (row.origin().empty() || event.action() == v1::Lead::CREATED)) {
    row.set_origin(event.origin());
  }
  switch (event.action()) {
    case v1::Lead::CREATED:
      if (row.created_at() == 0) row.set_created_at(fact.occurred_at);
      break;
    case v1::Lead::ASSIGNED:
    case v1::Lead::REASSIGNED:
      row.set_owner(event.owner());
      row.set_owner_team(event.owner_team());
      break;
    case v1::Lead::REJECTED:
      row.set_released(true);
      break;
    case v1::Lead::RECYCLED:
      row.set_released(true);
      row.set_recycled_until(event.recycled_until());
      if (!row.attempts().empty()) row.mutable_attempts()->rbegin()->set_ended(true);
      break;
    case v1::Lead::CONVERTED:
      row.set_converted_at(fact.occurred_at);
      break;
    case v1::Lead::RATED:
      row.set_rating(event.rating());
      break;
    default:
      break;
  }
}

void NoteHumanTouch(const Fact& fact, v1::LeadView& lead) {
  if (lead.attempts().empty() || !IsHumanTouch(*fact.event) ||
      fact.event->team() == v1::MARKETING) {
    return;
  }
  auto& attempt = *lead.mutable_attempts()->rbegin();
  if (attempt.ended() || attempt.first_touch_at() != 0) return;
  attempt.set_first_touch_at(fact.occurred_at);
  if (ByDay(*fact.event)) attempt.set_by_day(true);
}

void PresentAttempt(int64_t instant, const RevenueModel& model, v1::LeadView& lead) {
  if (lead.attempts().empty()) return;
  const auto& attempt = *lead.attempts().rbegin();
  if (attempt.ended()) return;
  lead.set_waiting_on(attempt.assigned_at() == 0      ? "assignment"
                      : attempt.first_touch_at() == 0 ? "first touch"
                      : attempt.accepted_at() == 0    ? "acceptance"
                                                      : "");
  const int lapse_days = model.SlaAt(attempt.handed_over_at()).lapse_days();
  if (attempt.accepted_at() == 0 && lapse_days > 0 &&
      instant - attempt.handed_over_at() > lapse_days * kMicrosPerDay) {
    lead.set_waiting_on("lapsed");
  }
  if (attempt.due_at() == 0) return;
  const int64_t touched = attempt.first_touch_at() == 0 ? instant : attempt.first_touch_at();
  lead.set_overdue(touched > attempt.due_at());
}

}  // namespace revops
