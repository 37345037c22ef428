#include "engine/simulate/turnover.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

// A second record of the person, made by an import, is found and merged weeks later.
void MakeDuplicate(const Person& person) {
  World& world = *person.world;
  if (!person.contact().in_crm || person.contact().gone) return;
  const v1::Id twin =
      CrmId(v1::CONTACT, absl::StrFormat("c-%06d%02d-b", person.account->index, person.index));
  v1::Event traits = world.Draft(Source::kCrm, world.now(), {twin});
  traits.mutable_traits()->set_title(TitleOf(person.contact().role));
  traits.mutable_traits()->set_country(person.country());
  world.Publish(std::move(traits), Care::kLink);
  v1::Event joined = world.Draft(Source::kCrm, world.now(), {twin});
  *joined.mutable_joined_account()->mutable_contact() = twin;
  *joined.mutable_joined_account()->mutable_account() = person.account_id();
  world.Publish(std::move(joined), Care::kLink);
  v1::Event call = world.Draft(Source::kDialer, world.now() + kHour, {twin});
  call.set_actor(person.development_rep());
  call.set_team(v1::SALES);
  call.set_automation(v1::HUMAN);
  call.set_direction(v1::OUTBOUND);
  call.mutable_call()->set_result(v1::Call::VOICEMAIL);
  world.Publish(std::move(call));
  const Instant found_at = world.now() + person.random().Between(10, 80) * kDay;
  v1::Event merged = world.Draft(Source::kCrm, found_at, {twin});
  *merged.mutable_merged()->mutable_merged() = twin;
  *merged.mutable_merged()->mutable_into() = person.contact_id();
  world.Publish(std::move(merged), Care::kLink);
}

void ChangeCompany(const Person& person) {
  World& world = *person.world;
  Contact& contact = person.contact();
  if (!contact.in_crm || contact.gone) return;
  const size_t other =
      static_cast<size_t>(person.random().Below(static_cast<int64_t>(world.accounts.size())));
  Account& target = world.accounts[other];
  if (&target == person.account) return;
  contact.gone = true;
  v1::Event left = world.Draft(Source::kCrm, world.now(), {person.contact_id()});
  *left.mutable_left_account()->mutable_contact() = person.contact_id();
  *left.mutable_left_account()->mutable_account() = person.account_id();
  world.Publish(std::move(left), Care::kLink);
  EnsureAccount(world, target, world.now());
  v1::Event joined = world.Draft(Source::kCrm, world.now() + person.random().Between(5, 30) * kDay,
                                 {person.contact_id()});
  *joined.mutable_joined_account()->mutable_contact() = person.contact_id();
  *joined.mutable_joined_account()->mutable_account() = AccountId(target.index);
  joined.mutable_joined_account()->set_role(RoleName(contact.role));
  world.Publish(std::move(joined), Care::kLink);
}

void LinkWrongly(const Person& person) {
  World& world = *person.world;
  if (!person.contact().in_marketing) return;
  const v1::Id stranger = VisitorId(person.random().Next());
  v1::Event view = world.Draft(Source::kWeb, world.now(), {stranger});
  view.mutable_page_view()->set_url("https://www.example.com/pricing");
  world.Publish(std::move(view));
  for (const bool undone : {false, true}) {
    const Instant at = undone ? world.now() + 12 * kDay : world.now() + kMinute;
    v1::Event event = world.Draft(Source::kAutomation, at, {stranger});
    v1::Id* child = undone ? event.mutable_unlinked()->mutable_child()
                           : event.mutable_linked()->mutable_child();
    *child = stranger;
    if (!undone) *event.mutable_linked()->mutable_parent() = person.marketing_id();
    world.Publish(std::move(event), Care::kLink);
  }
}

void DeleteByMistake(const Person& person) {
  World& world = *person.world;
  if (!person.contact().is_lead) return;
  const Instant restored_at = world.now() + person.random().Between(2, 50) * kHour;
  v1::Event deleted = world.Draft(Source::kCrm, world.now(), {person.lead_id()});
  *deleted.mutable_entity_deleted()->mutable_entity() = person.lead_id();
  deleted.mutable_entity_deleted()->set_cause(v1::EntityDeleted::MISTAKE);
  world.Publish(std::move(deleted), Care::kLink);
  v1::Event restored = world.Draft(Source::kCrm, restored_at, {person.lead_id()});
  *restored.mutable_entity_restored()->mutable_entity() = person.lead_id();
  world.Publish(std::move(restored), Care::kLink);
}

void Forget(const Person& person) {
  World& world = *person.world;
  Contact& contact = person.contact();
  if (!contact.in_marketing || contact.gone) return;
  contact.gone = true;
  v1::Event event = world.Draft(Source::kCrm, world.now(), {person.marketing_id()});
  v1::Erasure& erasure = *event.mutable_erasure();
  *erasure.add_ids() = person.marketing_id();
  if (contact.is_lead) *erasure.add_ids() = person.lead_id();
  if (contact.in_crm) *erasure.add_ids() = person.contact_id();
  for (int device = 0; device < contact.linked_devices; ++device) {
    *erasure.add_ids() = person.visitor_id(device);
  }
  world.Publish(std::move(event), Care::kLink);
}

}  // namespace

void StartTurnover(World& world, Account& account) {
  struct Kind {
    int64_t ppm;  // of the contacts, in a simulation
    void (*action)(const Person&);
  };
  static constexpr Kind kKinds[] = {{25'000, MakeDuplicate},
                                    {15'000, ChangeCompany},
                                    {12'000, LinkWrongly},
                                    {25'000, DeleteByMistake},
                                    {4'000, Forget}};
  Random& random = account.random;
  for (size_t i = 0; i < account.contacts.size(); ++i) {
    for (const Kind& kind : kKinds) {
      if (!random.Ppm(kind.ppm)) continue;
      const Person person{&world, &account, static_cast<int>(i)};
      const Instant at =
          world.start + random.Between(world.options.days / 4, world.options.days) * kDay;
      world.schedule.At(account.Working(at), [person, action = kind.action] { action(person); });
    }
  }
}

}  // namespace revops::simulation
