#include "engine/event/event_order.h"

#include "absl/time/civil_time.h"
#include "engine/base/civil.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"

namespace revops {
namespace {

bool ClosesSomething(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kOpportunityClosed:
      return true;
    case v1::Event::kTicket:
      return event.ticket().action() == v1::Ticket::CLOSED;
    case v1::Event::kSubscription:
      return event.subscription().action() == v1::Subscription::CANCELLED;
    case v1::Event::kNurture:
      return event.nurture().action() == v1::Nurture::EXITED;
    default:
      return false;
  }
}

}  // namespace

std::string OrderKey(const OrderParts& parts) {
  std::string key;
  key.reserve(17 + parts.source.size() + parts.id.size());
  PutOrdered64(parts.at, key);
  key.append(parts.source.data(), parts.source.size());
  key.push_back('\0');
  PutOrdered64(parts.sequence, key);
  key.append(parts.id.data(), parts.id.size());
  return key;
}

int64_t InstantOf(absl::string_view order_key) { return ReadOrdered64(order_key.data()); }

absl::StatusOr<int64_t> NormalisedInstant(const v1::Event& event) {
  const bool day = event.occurred_precision() == v1::DAY;
  const bool month = event.occurred_precision() == v1::MONTH;
  if (!day && !month) return event.occurred_at();

  Zone zone = Zone::Utc();
  if (!event.zone().empty()) {
    ASSIGN_OR_RETURN(zone, Zone::Load(event.zone()));
  }
  constexpr absl::CivilDay kEpoch(1970, 1, 1);
  int32_t first = zone.DayOf(event.occurred_at());
  int32_t next = first + 1;
  if (month) {
    const absl::CivilMonth of(kEpoch + first);
    first = static_cast<int32_t>(absl::CivilDay(of) - kEpoch);
    next = static_cast<int32_t>(absl::CivilDay(of + 1) - kEpoch);
  }
  return ClosesSomething(event) ? zone.DayStart(next) - 1 : zone.DayStart(first);
}

}  // namespace revops
