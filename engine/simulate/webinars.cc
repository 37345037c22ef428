#include "engine/simulate/webinars.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/simulate/forms.h"
#include "engine/simulate/handover.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

// The campaign's id out of the company's list, which outlives the simulation.
absl::string_view CampaignOf(const World& world, absl::string_view webinar) {
  for (const CampaignInfo& campaign : world.company.campaigns()) {
    if (campaign.id == absl::StrCat("camp-", webinar)) return campaign.id;
  }
  return "";
}

v1::Event WebinarDraft(const Person& person, int webinar, Instant at, v1::Webinar::Action action) {
  const std::string name = WebinarName(webinar);
  v1::Event event = MarketingDraft(person, Source::kPlatform, at, CampaignOf(*person.world, name));
  event.set_interaction_id(name);
  event.mutable_webinar()->set_action(action);
  event.mutable_webinar()->set_webinar_id(name);
  event.mutable_webinar()->set_name(absl::StrCat("Revenue clinic ", webinar + 1));
  return event;
}

void Attend(const Person& person, int webinar) {
  World& world = *person.world;
  Random& random = person.random();
  if (person.contact().gone) return;
  if (!random.Percent(46)) {
    world.Publish(WebinarDraft(person, webinar, world.now() + kHour, v1::Webinar::ABSENT));
    return;
  }
  v1::Event event = WebinarDraft(person, webinar, world.now(), v1::Webinar::ATTENDED);
  event.mutable_webinar()->set_minutes(static_cast<int32_t>(random.Between(8, 58)));
  world.Publish(std::move(event));
  Contact& contact = person.contact();
  contact.points = static_cast<int16_t>(std::min(200, contact.points + 30));
  Interest(person, 18);
  const absl::string_view campaign = CampaignOf(world, WebinarName(webinar));
  // The list goes to sales in the morning after.
  world.schedule.At(StartOfDay(world.now()) + kDay + 8 * kHour, [person, campaign] {
    if (person.contact().gone) return;
    const Contact& attendee = person.contact();
    if (attendee.in_handover || person.account->phase != Phase::kTarget) return;
    if (attendee.handovers >= 3 || !person.random().Percent(70)) return;
    EnsureLead(person, person.world->now(), "Webinar", campaign);
    HandOver(person, LeadCause::kWebinar, campaign, person.world->now() + 2 * kMinute);
  });
}

// Some outsiders come in by the registration form.
void Register(const Person& person, int webinar) {
  World& world = *person.world;
  const absl::string_view campaign = CampaignOf(world, WebinarName(webinar));
  if (person.contact().gone) return;
  if (!person.contact().in_marketing) {
    FillForm(person, 0, "form-newsletter", campaign, "", world.now() - kMinute);
  }
  world.Publish(WebinarDraft(person, webinar, world.now(), v1::Webinar::REGISTERED));
  world.registrations[static_cast<size_t>(webinar)].emplace_back(person.account->index,
                                                                 person.index);
}

void Invite(World& world, int webinar) {
  for (Account& account : world.accounts) {
    const bool awake = account.wakes_at <= world.now();
    for (size_t i = 0; i < account.contacts.size(); ++i) {
      const Person person{&world, &account, static_cast<int>(i)};
      const Contact& contact = person.contact();
      if (contact.gone) continue;
      int64_t percent = 0;
      Random& random = person.random();
      if (contact.in_marketing && !contact.unsubscribed) {
        const Instant at = world.now() + random.Between(0, 3 * kHour);
        if (random.Percent(70)) {
          world.Publish(WebinarDraft(person, webinar, at, v1::Webinar::INVITED));
        }
        percent = 8 + contact.interest / 5;
      } else if (awake && contact.interest > 30) {
        percent = 4;
      }
      if (percent == 0 || !random.Percent(percent)) continue;
      world.schedule.At(world.now() + random.Between(4 * kHour, 13 * kDay),
                        [person, webinar] { Register(person, webinar); });
    }
  }
}

void HoldWebinar(World& world, int webinar) {
  auto& registered = world.registrations[static_cast<size_t>(webinar)];
  for (const auto& [account, contact] : registered) {
    Attend(Person{&world, &world.accounts[static_cast<size_t>(account - 1)], contact}, webinar);
  }
  registered = {};
}

void VisitStand(const Person& person, const char* show, const char* campaign) {
  World& world = *person.world;
  Random& random = person.random();
  const bool known = person.contact().in_marketing;
  EnsureMarketingRecord(person, world.now());
  v1::Event event = MarketingDraft(person, Source::kPlatform, world.now(), campaign);
  event.set_interaction_id(absl::StrCat(show, "-", person.account->index));
  event.mutable_trade_show()->set_action(v1::TradeShow::ATTENDED);
  event.mutable_trade_show()->set_show_id(show);
  event.mutable_trade_show()->set_minutes(static_cast<int32_t>(random.Skewed(2, 30)));
  world.Publish(std::move(event));
  Interest(person, known ? 15 : 30);
  if (person.account->phase != Phase::kTarget || person.contact().in_handover) return;
  if (!random.Percent(60)) return;
  const Instant listed_at = world.now() + 3 * kDay;
  EnsureLead(person, listed_at, "Trade show", campaign);
  HandOver(person, LeadCause::kShow, campaign, listed_at + 2 * kMinute);
}

}  // namespace

Instant WebinarDay(const World& world, int webinar) {
  // The Tuesday of the third week of every thirty days.
  Instant day = world.start + (webinar * 30 + 17) * kDay;
  while (Weekday(day) != 1) day += kDay;
  return day;
}

void StartWebinars(World& world) {
  for (int webinar = 0; webinar < world.company.webinars(); ++webinar) {
    const Instant day = WebinarDay(world, webinar);
    world.schedule.At(day - 15 * kDay + 9 * kHour, [&world, webinar] { Invite(world, webinar); });
    world.schedule.At(day + 14 * kHour, [&world, webinar] { HoldWebinar(world, webinar); });
  }
}

void StartShows(World& world) {
  for (const bool spring : {true, false}) {
    Instant day = world.start + (spring ? 92 : 275) * kDay;
    while (Weekday(day) != 1) day += kDay;
    const char* show = spring ? "show-spring" : "show-autumn";
    const char* campaign = spring ? "camp-show-spring" : "camp-show-autumn";
    for (Account& account : world.accounts) {
      Random& random = account.random;
      if (account.wakes_at > day || !random.Percent(9)) continue;
      const int64_t people = random.Between(1, std::min<int64_t>(2, account.contacts.size()));
      for (int index = 0; index < people; ++index) {
        const Person person{&world, &account, index};
        const int64_t show_day = random.Below(3);
        world.schedule.At(day + show_day * kDay + random.Between(9 * kHour, 16 * kHour),
                          [person, show, campaign] {
                            if (!person.contact().gone) VisitStand(person, show, campaign);
                          });
      }
    }
  }
}

}  // namespace revops::simulation
