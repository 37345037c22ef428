// Opportunities: opened, moved through their stages, changed, pushed out, and closed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/simulate/stages.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

struct DealStart {
  v1::Motion motion = v1::NEW;
  v1::SourcedBy sourced_by = v1::SOURCED_MARKETING;
  absl::string_view campaign;  // Lifetime: must outlive the simulation
  int first_contact = 0;
  bool silent = false;    // nobody records a touch: only the CRM's record changes
  int partner = 0;        // the account that brought it; 0: none
  int64_t expansion = 0;  // additional recurring amount; 0: of the company's size
};

struct Deal {
  World* world = nullptr;
  Account* account = nullptr;
  int number = 0;
  DealStart start;
  std::string owner;
  int64_t monthly = 0;  // units of the region's currency
  int64_t one_time = 0;
  int32_t term_months = 12;
  int stage = 0;
  Instant opened_at = 0;
  Instant close_date = 0;
  uint32_t people = 0;  // bit per contact with a role
  int answered = 0;     // objections answered with content
  int competitor = -1;

  v1::Id id() const { return DealId(account->index, number); }
  Person person(int index) const { return Person{world, account, index}; }
  const PipelineInfo& pipeline() const { return PipelineOf(start.motion); }
  const StageInfo& stage_info() const { return pipeline().stage[stage]; }
  int64_t amount() const { return monthly * term_months + one_time; }
  const char* currency() const { return kRegion[account->region].currency; }
};
using SharedDeal = std::shared_ptr<Deal>;

// Opens a deal at `at`; the rest of its life follows on the schedule. Returns its id.
v1::Id OpenDeal(World& world, Account& account, const DealStart& start, Instant at);

// A deal that was open before the first day, imported by the day in the stage it had reached.
// REQUIRES: the account and its first contact are in the CRM.
void ImportOpenDeal(World& world, Account& account);

// An event of the deal in the CRM, by its owner.
v1::Event DealDraft(const Deal& deal, Instant at);

// The person gets a role on the deal.
void AddRole(Deal& deal, int contact, v1::OpportunityFields& fields);
void SetAmounts(const Deal& deal, v1::OpportunityFields& fields);

}  // namespace revops::simulation
