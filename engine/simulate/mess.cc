#include "engine/simulate/mess.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace revops::simulation {
namespace {

Instant Late(Instant arrives_at, Random& random) {
  return arrives_at + (random.Percent(90) ? random.Between(kDay, 10 * kDay)
                                          : random.Between(10 * kDay, 45 * kDay));
}

// The event as a system with a wrong clock or a wrong entry first told it.
v1::Event WrongAtFirst(v1::Event event, Random& random) {
  switch (event.body_case()) {
    case v1::Event::kCall:
      event.mutable_call()->set_minutes(event.call().minutes() + 7);
      break;
    case v1::Event::kOrder:
      event.mutable_order()->mutable_amount()->set_units(event.order().amount().units() + 1000);
      break;
    case v1::Event::kMeeting:
      event.mutable_meeting()->set_minutes(event.meeting().minutes() + 15);
      break;
    case v1::Event::kOpportunityOpened:
    case v1::Event::kOpportunityChanged:
    case v1::Event::kOpportunityClosed:
    case v1::Event::kLead:
      event.set_actor("integration");
      break;
    default:
      event.set_occurred_at(event.occurred_at() - random.Between(1, 20) * kMinute);
  }
  return event;
}

// Another content under the same id: two integrations read the same record.
v1::Event Contradiction(v1::Event event, Random& random) {
  // The order of a deal's steps is left alone: a contradiction there would undo whole deals.
  const bool is_step = event.has_lead() || event.has_opportunity_opened() ||
                       event.has_opportunity_changed() || event.has_opportunity_closed();
  if (!is_step && random.Percent(50)) {
    event.set_occurred_at(event.occurred_at() - random.Between(1, 600) * kSecond);
  } else {
    v1::Property* property = event.add_properties();
    property->set_name("synced_by");
    property->set_text("second integration");
  }
  return event;
}

}  // namespace

void Spoil(v1::Event event, Instant arrives_at, Care care, const NoiseOptions& noise,
           Random& random, absl::FunctionRef<void(v1::Event copy, Instant arrives_at)> arrive) {
  if (care == Care::kExact) {
    arrive(std::move(event), arrives_at);
    return;
  }
  if (random.Ppm(noise.late_ppm)) arrives_at = Late(arrives_at, random);
  if (random.Ppm(noise.duplicate_ppm)) {
    const int64_t after = random.Delay(2 * kHour, 60 * kDay);
    arrive(event, arrives_at + after);
  } else if (care == Care::kUsual) {
    if (random.Ppm(noise.conflicting_ppm)) {
      const int64_t after = random.Delay(30 * kMinute, 2 * kDay);
      arrive(Contradiction(event, random), arrives_at + after);
    } else if (random.Ppm(noise.restated_ppm)) {
      // One correction in ten overtakes what it corrects.
      const bool overtakes = random.Percent(10);
      const int64_t between = random.Delay(6 * kHour, 20 * kDay);
      v1::Event wrong = WrongAtFirst(event, random);
      arrive(std::move(wrong), overtakes ? arrives_at + between : arrives_at);
      event.set_revision(1);
      if (!overtakes) arrives_at += between;
    } else if (random.Ppm(noise.voided_ppm)) {
      v1::Event invented = event;
      invented.set_id(absl::StrCat(event.id(), "-x"));
      arrive(invented, arrives_at);
      invented.set_revision(1);
      invented.set_voided(true);
      arrive(std::move(invented), arrives_at + random.Delay(8 * kHour, 15 * kDay));
    } else if (random.Ppm(noise.test_ppm)) {
      v1::Event test = event;
      test.set_id(absl::StrCat(event.id(), "-test"));
      test.set_environment(v1::TEST);
      arrive(std::move(test), arrives_at);
    }
  }
  arrive(std::move(event), arrives_at);
}

}  // namespace revops::simulation
