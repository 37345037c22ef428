#include "engine/simulate/records.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace revops::simulation {
namespace {

void SetPersonTraits(const Person& person, v1::Traits& traits, bool with_company) {
  const Contact& contact = person.contact();
  traits.set_name(absl::StrFormat("Contact %03d-%d", person.account->index, person.index + 1));
  traits.set_email(person.email());
  traits.set_title(TitleOf(contact.role));
  traits.set_seniority(SeniorityOf(contact.role));
  traits.set_department(DepartmentOf(contact.role));
  traits.set_country(person.country());
  if (with_company) {
    traits.set_industry(kIndustry[person.account->industry]);
    traits.set_employees(person.account->employees);
  }
}

void SetAccountTraits(const World& world, const Account& account, v1::Traits& traits) {
  const Region& region = kRegion[account.region];
  traits.set_name(absl::StrFormat("Account %03d", account.index));
  traits.set_website(absl::StrFormat("account-%06d.example", account.index));
  traits.set_country(region.countries[account.country]);
  traits.set_region(region.name);
  traits.set_industry(kIndustry[account.industry]);
  traits.set_employees(account.employees);
  SetMoney(traits.mutable_annual_revenue(), region.currency, int64_t{account.employees} * 140'000);
  traits.set_owner(world.company.AccountExecutive(account.region, account.owner_draw));
  // One company in twelve belongs to the one before it.
  if (account.index > 1 && account.owner_draw % 12 == 5) {
    *traits.mutable_ultimate_parent() = AccountId(account.index - 1);
  }
}

v1::Event JoinDraft(const Person& person, Instant at) {
  v1::Event joined = person.world->Draft(Source::kCrm, at, {person.contact_id()});
  v1::JoinedAccount& body = *joined.mutable_joined_account();
  *body.mutable_contact() = person.contact_id();
  *body.mutable_account() = person.account_id();
  body.set_role(RoleName(person.contact().role));
  return joined;
}

void PublishLink(World& world, Source source, Instant at, const v1::Id& child,
                 const v1::Id& parent) {
  v1::Event link = world.Draft(source, at, {child});
  *link.mutable_linked()->mutable_child() = child;
  *link.mutable_linked()->mutable_parent() = parent;
  world.Publish(std::move(link), Care::kLink);
}

}  // namespace

void EnsureMarketingRecord(const Person& person, Instant at) {
  Contact& contact = person.contact();
  if (contact.in_marketing) return;
  contact.in_marketing = true;
  World& world = *person.world;
  v1::Event traits = world.Draft(Source::kAutomation, at, {person.marketing_id()});
  SetPersonTraits(person, *traits.mutable_traits(), true);
  world.Publish(std::move(traits), Care::kLink);
  v1::Event persona = world.Draft(Source::kAutomation, at, {person.marketing_id()});
  persona.mutable_persona()->set_persona(RoleName(contact.role));
  world.Publish(std::move(persona), Care::kLink);
  v1::Event consent = world.Draft(Source::kAutomation, at, {person.marketing_id()});
  consent.mutable_consent()->set_purpose("email");
  consent.mutable_consent()->set_granted(true);
  consent.mutable_consent()->set_basis("form");
  world.Publish(std::move(consent), Care::kLink);
  if (contact.in_crm) {
    PublishLink(world, Source::kAutomation, at + kMinute, person.marketing_id(),
                person.contact_id());
  } else if (person.account->in_crm && person.random().Percent(60)) {
    EnsureContact(person, at + 2 * kMinute);  // the CRM knows the domain of the mail address
  }
}

void LinkDevice(const Person& person, int device, Instant at) {
  if (device < person.contact().linked_devices) return;
  person.contact().linked_devices = static_cast<uint8_t>(device + 1);
  PublishLink(*person.world, Source::kAutomation, at, person.visitor_id(device),
              person.marketing_id());
}

void EnsureLead(const Person& person, Instant at, absl::string_view origin,
                absl::string_view campaign) {
  Contact& contact = person.contact();
  if (contact.is_lead) return;
  contact.is_lead = true;
  World& world = *person.world;
  v1::Event created = world.Draft(Source::kCrm, at, {person.lead_id()});
  created.set_campaign_id(campaign.data(), campaign.size());
  created.set_automation(v1::SYSTEM);
  created.mutable_lead()->set_action(v1::Lead::CREATED);
  created.mutable_lead()->set_lead_id(person.lead_id().value());
  created.mutable_lead()->set_origin(origin.data(), origin.size());
  world.Publish(std::move(created), Care::kLink);
  if (contact.in_crm) {
    PublishLink(world, Source::kCrm, at, person.lead_id(), person.contact_id());
  } else if (contact.in_marketing) {
    PublishLink(world, Source::kCrm, at, person.lead_id(), person.marketing_id());
  }
}

void EnsureAccount(World& world, Account& account, Instant at) {
  if (account.in_crm) return;
  account.in_crm = true;
  v1::Event traits = world.Draft(Source::kCrm, at, {AccountId(account.index)});
  SetAccountTraits(world, account, *traits.mutable_traits());
  world.Publish(std::move(traits), Care::kLink);
  v1::Event segment = world.Draft(Source::kCrm, at + kMinute, {AccountId(account.index)});
  segment.mutable_segment()->set_segment(account.employees < 50     ? "small"
                                         : account.employees < 1000 ? "mid market"
                                                                    : "enterprise");
  world.Publish(std::move(segment), Care::kLink);
}

void EnsureContact(const Person& person, Instant at) {
  World& world = *person.world;
  EnsureAccount(world, *person.account, at);
  Contact& contact = person.contact();
  if (contact.in_crm) return;
  contact.in_crm = true;
  v1::Event traits = world.Draft(Source::kCrm, at, {person.contact_id()});
  SetPersonTraits(person, *traits.mutable_traits(), false);
  world.Publish(std::move(traits), Care::kLink);
  world.Publish(JoinDraft(person, at), Care::kLink);
  if (contact.in_marketing) {
    PublishLink(world, Source::kCrm, at + kMinute, person.marketing_id(), person.contact_id());
  }
}

void ImportOldRecords(World& world, Account& account) {
  Random& random = account.random;
  account.in_crm = true;
  const Instant day = DayOnly(world.start - random.Between(30, 700) * kDay);
  const Instant arrives_at = world.start + random.Between(kHour, 9 * kHour);
  auto import = [&](v1::Event event) {
    event.set_occurred_precision(v1::DAY);
    // Half of the rows tell their zone, the others only a day.
    if (random.Percent(50)) event.set_zone(kRegion[account.region].time_zone);
    world.publisher.Import(std::move(event), arrives_at);
  };
  v1::Event traits = world.Draft(Source::kCrm, day, {AccountId(account.index)});
  SetAccountTraits(world, account, *traits.mutable_traits());
  traits.mutable_traits()->set_snapshot(true);
  import(std::move(traits));
  for (size_t i = 0; i < account.contacts.size(); ++i) {
    if (i > 0 && !random.Percent(55)) continue;
    const Person person{&world, &account, static_cast<int>(i)};
    account.contacts[i].in_crm = true;
    v1::Event known = world.Draft(Source::kCrm, day, {person.contact_id()});
    SetPersonTraits(person, *known.mutable_traits(), false);
    import(std::move(known));
    import(JoinDraft(person, day));
  }
}

}  // namespace revops::simulation
