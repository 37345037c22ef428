#include "projections/lead_actions.h"

#include "engine/event/kind.h"

namespace revops {
namespace {

bool AnswersDeclaration(v1::Lead::Action action) {
  return action == v1::Lead::REJECTED || action == v1::Lead::DISQUALIFIED ||
         action == v1::Lead::RECYCLED || action == v1::Lead::CONVERTED;
}

}  // namespace

bool DeclaresAnew(const v1::Lead& event, const v1::LeadView& lead) {
  if (event.action() != v1::Lead::DECLARED_QUALIFIED) return false;
  return !lead.declared_stands() ||
         (!event.handover_id().empty() && event.handover_id() != lead.declared_handover_id());
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
  if (AnswersDeclaration(event.action())) row.clear_declared_stands();
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

}  // namespace revops
