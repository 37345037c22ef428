#include "engine/event/event_order.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
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

  absl::TimeZone zone = absl::UTCTimeZone();
  if (!event.zone().empty() && !absl::LoadTimeZone(event.zone(), &zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("zone \"", event.zone(), "\" is unknown; use an IANA name as Europe/Berlin"));
  }
  const absl::CivilDay local(absl::ToCivilDay(absl::FromUnixMicros(event.occurred_at()), zone));
  const absl::CivilDay first = day ? local : absl::CivilDay(absl::CivilMonth(local));
  if (!ClosesSomething(event)) return absl::ToUnixMicros(absl::FromCivil(first, zone));
  const absl::CivilDay next = day ? local + 1 : absl::CivilDay(absl::CivilMonth(local) + 1);
  return absl::ToUnixMicros(absl::FromCivil(next, zone)) - 1;
}

}  // namespace revops
