#include "engine/simulate/outbound.h"

#include <algorithm>
#include <utility>

#include "engine/simulate/deal.h"
#include "engine/simulate/outreach.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

void Approach(World& world, Account& account) {
  if (account.phase != Phase::kTarget) return;
  Random& random = account.random;
  const int64_t people = std::min<int64_t>(random.Between(1, 2), account.contacts.size());
  for (int index = 0; index < people; ++index) {
    const Person person{&world, &account, index};
    if (person.contact().gone || person.contact().in_handover) continue;
    EnsureContact(person, world.now());
    Outreach outreach;
    outreach.person = person;
    outreach.actor = person.development_rep();
    outreach.campaign = "camp-outbound";
    outreach.calls_max = 5;
    outreach.meeting_percent = account.wakes_at <= world.now() ? 48 : 26;
    outreach.sequence = true;
    outreach.done = [](OutreachResult) {};
    StartOutreach(std::move(outreach), world.now() + random.Between(kHour, 30 * kHour));
    if (random.Percent(50)) {
      v1::Event social =
          SalesDraft(person, Source::kDialer, world.now() + 2 * kHour, person.development_rep());
      social.set_campaign_id("camp-outbound");
      social.mutable_social()->set_action(v1::Social::MESSAGED);
      social.mutable_social()->set_network("linkedin");
      world.Publish(std::move(social));
    }
  }
}

void Refer(World& world, Account& account) {
  if (account.phase != Phase::kTarget) return;
  const Person person{&world, &account, 0};
  EnsureContact(person, world.now());
  const int partner = 1 + static_cast<int>(account.owner_draw % world.accounts.size());
  v1::Event referral = SalesDraft(person, Source::kCrm, world.now(), "partners-1");
  referral.set_team(v1::PARTNER);
  referral.set_direction(v1::INBOUND);
  referral.set_campaign_id("camp-partner");
  referral.mutable_referral()->set_program("partner");
  *referral.mutable_referral()->mutable_referred_by() = AccountId(partner);
  world.Publish(std::move(referral));
  DealStart start;
  start.sourced_by = v1::SOURCED_PARTNER;
  start.campaign = "camp-partner";
  start.partner = partner;
  OpenDeal(world, account, start, world.now() + 2 * kDay);
}

}  // namespace

void StartOutbound(World& world, Account& account) {
  Random& random = account.random;
  const int days = world.options.days;
  if (account.phase != Phase::kTarget) return;
  if (account.outbound) {
    v1::Event listed = world.Draft(Source::kCrm, world.start + random.Between(8, 16) * kHour,
                                   {AccountId(account.index)});
    listed.mutable_target_list()->set_list("target accounts");
    world.Publish(std::move(listed), Care::kLink);
    const Instant at = world.start + random.Between(3, std::max(4, days - 40)) * kDay;
    world.schedule.At(account.Working(at), [&world, &account] { Approach(world, account); });
  }
  const bool asleep = account.wakes_at >= world.end;
  const Instant some_day = world.start + random.Between(10, std::max(11, days - 90)) * kDay;
  if (asleep && !account.outbound && account.fit != Fit::kPoor && random.Percent(50)) {
    world.schedule.At(account.Working(some_day), [&world, &account] {
      if (account.phase != Phase::kTarget) return;
      DealStart start;
      start.sourced_by = v1::SOURCED_AE;
      start.silent = true;
      OpenDeal(world, account, start, world.now());
    });
  } else if (account.fit != Fit::kPoor && random.Percent(9)) {
    world.schedule.At(account.Working(some_day), [&world, &account] { Refer(world, account); });
  }
}

}  // namespace revops::simulation
