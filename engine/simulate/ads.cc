#include "engine/simulate/ads.h"

#include <utility>

#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

void PublishAd(const Person& person, v1::Ad::Action action, Instant at) {
  v1::Event event = person.world->Draft(Source::kAds, at, {person.visitor_id(0)});
  event.set_campaign_id("camp-social");
  event.set_channel("paid_social");
  event.set_team(v1::MARKETING);
  event.set_direction(action == v1::Ad::CLICK ? v1::INBOUND : v1::OUTBOUND);
  event.mutable_ad()->set_action(action);
  event.mutable_ad()->set_ad_id(person.account->fit == Fit::kGood ? "ad-truth-1" : "ad-truth-2");
  event.mutable_ad()->set_placement("feed");
  person.world->Publish(std::move(event));
}

}  // namespace

void StartAds(const Person& person) {
  World& world = *person.world;
  Random& random = person.random();
  const Instant day = world.now() + SeasonalGap(12 * kDay, world.now(), random);
  world.schedule.At(VisitInstant(day, random), [person] {
    const Contact& contact = person.contact();
    if (contact.gone || person.account->phase == Phase::kCustomer) return;
    World& world = *person.world;
    PublishAd(person, v1::Ad::IMPRESSION, world.now());
    if (person.random().Percent(4 + contact.interest / 10)) {
      PublishAd(person, v1::Ad::CLICK, world.now() + 5 * kSecond);
      world.schedule.After(8 * kSecond, [person] {
        Interest(person, 4);
        Visit(person, "camp-social");
      });
    }
    if (contact.interest > 5 || person.random().Percent(60)) StartAds(person);
  });
}

}  // namespace revops::simulation
