// All that the parts of the simulation share: the market, our company, what happens next, and where
// events leave. One world is one run; one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/simulate/cast.h"
#include "engine/simulate/company.h"
#include "engine/simulate/ids.h"
#include "engine/simulate/publisher.h"
#include "engine/simulate/schedule.h"
#include "engine/simulate/simulator.h"

namespace revops::simulation {

struct World final {
  World(const SimulationOptions& options, EventSink sink);

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Instant now() const { return schedule.now(); }

  v1::Event Draft(Source source, Instant at, std::initializer_list<v1::Id> subject) {
    return publisher.Draft(source, at, subject);
  }
  void Publish(v1::Event event, Care care = Care::kUsual) {
    publisher.Publish(std::move(event), care);
  }

  const SimulationOptions& options;
  const Instant start;
  const Instant end;
  const Company company;
  Schedule schedule;
  Publisher publisher;
  Random random;                  // of what belongs to no account
  std::vector<Account> accounts;  // never grows: parts keep references
  // webinar -> who registered, as (account, contact)
  std::vector<std::vector<std::pair<int, int>>> registrations;
};

// A person of an account; what most parts of the simulation are about.
// Lifetime: borrows the world and the account, which outlive every scheduled action.
struct Person {
  World* world;
  Account* account;
  int index;

  Contact& contact() const { return account->contacts[static_cast<size_t>(index)]; }
  Random& random() const { return account->random; }
  v1::Id marketing_id() const { return MarketingId(account->index, index); }
  v1::Id lead_id() const { return LeadId(account->index, index); }
  v1::Id contact_id() const { return ContactId(account->index, index); }
  v1::Id account_id() const { return AccountId(account->index); }
  v1::Id visitor_id(int device) const {
    return VisitorId(contact().cookie + static_cast<uint64_t>(device) * 0x9e3779b97f4a7c15);
  }
  // What sales knows the person as: the CRM's contact, else its lead.
  v1::Id sales_id() const { return contact().in_crm ? contact_id() : lead_id(); }
  std::string email() const;
  std::string executive() const {
    return world->company.AccountExecutive(account->region, account->owner_draw);
  }
  std::string development_rep() const {
    return world->company.DevelopmentRep(account->region, account->owner_draw);
  }
  const char* country() const { return kRegion[account->region].countries[account->country]; }
  const char* currency() const { return kRegion[account->region].currency; }
};

// A touch by sales with the person, in the dialer or the CRM: subject, actor and team filled in;
// the account is named when the CRM has it.
v1::Event SalesDraft(const Person& person, Source source, Instant at, absl::string_view actor);

// A touch by marketing automation.
v1::Event MarketingDraft(const Person& person, Source source, Instant at,
                         absl::string_view campaign);

}  // namespace revops::simulation
