#include "engine/simulate/giveaway.h"

#include <utility>

#include "engine/simulate/forms.h"
#include "engine/simulate/handover.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

constexpr absl::string_view kGiveaway = "camp-giveaway";

void TakePart(const Person& person) {
  World& world = *person.world;
  Contact& contact = person.contact();
  if (contact.gone || contact.in_handover) return;
  v1::Event click = world.Draft(Source::kAds, world.now(), {person.visitor_id(0)});
  click.set_campaign_id("camp-giveaway");
  click.set_channel("paid_social");
  click.set_direction(v1::INBOUND);
  click.mutable_ad()->set_action(v1::Ad::CLICK);
  click.mutable_ad()->set_ad_id("ad-giveaway-1");
  world.Publish(std::move(click));
  FillForm(person, 0, "form-giveaway", kGiveaway, "", world.now() + 2 * kMinute);
  if (!contact.in_handover && contact.handovers == 0) {
    const Instant at = world.now() + person.random().Delay(5 * kHour, 5 * kDay);
    EnsureLead(person, at, "Template giveaway", kGiveaway);
    HandOver(person, LeadCause::kGiveaway, kGiveaway, at + kMinute);
  }
}

}  // namespace

void StartGiveaway(World& world, Account& account) {
  if (!account.giveaway) return;
  Random& random = account.random;
  for (size_t i = 0; i < account.contacts.size(); ++i) {
    const Person person{&world, &account, static_cast<int>(i)};
    const Instant day = world.start + random.Between(86, 122) * kDay;
    world.schedule.At(VisitInstant(day, random), [person] { TakePart(person); });
  }
}

}  // namespace revops::simulation
