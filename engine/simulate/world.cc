#include "engine/simulate/world.h"

#include "absl/strings/str_format.h"

namespace revops::simulation {
namespace {

constexpr uint64_t kWorldStream = 100;

}  // namespace

World::World(const SimulationOptions& options_in, EventSink sink)
    : options(options_in),
      start(options.start_day * kDay),
      end((options.start_day + options.days) * kDay),
      company(options.accounts, options.days),
      schedule(start, end),
      publisher(options, sink),
      random(options.seed, kWorldStream, 0),
      registrations(static_cast<size_t>(company.webinars())) {
  accounts.reserve(static_cast<size_t>(options.accounts));
  for (int index = 1; index <= options.accounts; ++index) {
    accounts.push_back(MakeAccount(index, options.seed, start, options.days));
  }
}

std::string Person::email() const {
  return absl::StrFormat("contact-%02d@account-%06d.example", index, account->index);
}

v1::Event SalesDraft(const Person& person, Source source, Instant at, absl::string_view actor) {
  v1::Event event = person.world->Draft(source, at, {person.sales_id()});
  if (person.account->in_crm && person.contact().in_crm) {
    *event.add_subject() = person.account_id();
  }
  event.set_actor(actor.data(), actor.size());
  event.set_team(v1::SALES);
  event.set_automation(v1::HUMAN);
  event.set_direction(v1::OUTBOUND);
  return event;
}

v1::Event MarketingDraft(const Person& person, Source source, Instant at,
                         absl::string_view campaign) {
  v1::Event event = person.world->Draft(source, at, {person.marketing_id()});
  event.set_team(v1::MARKETING);
  event.set_automation(v1::SYSTEM);
  event.set_campaign_id(campaign.data(), campaign.size());
  return event;
}

}  // namespace revops::simulation
