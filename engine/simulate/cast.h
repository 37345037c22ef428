// The companies of the market and their people: who they are, and what the simulation remembers of
// them while the year goes by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/simulate/calendar.h"
#include "engine/simulate/company.h"
#include "engine/simulate/random.h"
#include "revops/v1/event.pb.h"

namespace revops::simulation {

enum class Role : uint8_t { kChampion, kDecisionMaker, kUser, kConsultant };
const char* RoleName(Role role);

// How well a company fits what we sell; it drives traits, answers and outcomes.
enum class Fit : uint8_t { kGood, kFair, kPoor };

struct Contact {
  Role role = Role::kUser;
  uint8_t devices = 1;         // cookies the person has
  uint8_t linked_devices = 0;  // cookies known to be this person's: the first ones
  bool in_marketing = false;   // marketing automation has a record
  bool in_crm = false;         // the CRM has a contact
  bool is_lead = false;        // the CRM has a lead
  bool in_handover = false;    // a hand-over is open
  bool unsubscribed = false;
  bool gone = false;  // left the account, merged away or erased
  bool nurtured = false;
  uint8_t handovers = 0;
  int16_t interest = 0;  // 0-100; fades
  int16_t points = 0;    // marketing's own score
  uint64_t cookie = 0;   // of the first device; others are derived
  int32_t visits = 0;
};

enum class Phase : uint8_t { kTarget, kOpenDeal, kCustomer, kFormerCustomer };

struct Account {
  int index = 0;
  int region = 0;
  uint8_t country = 0;  // index of the region's countries
  uint8_t industry = 0;
  Fit fit = Fit::kFair;
  Phase phase = Phase::kTarget;
  bool in_crm = false;
  bool outbound = false;  // on the target list of sales
  bool giveaway = false;  // woken by the campaign of bad fit
  int32_t employees = 0;
  int32_t deals = 0;
  int32_t lost_deals = 0;
  int64_t monthly = 0;  // recurring revenue, units of the region's currency
  int32_t subscription_term = 12;
  int32_t subscriptions = 0;
  Instant wakes_at = 0;
  uint64_t owner_draw = 0;  // chooses owners
  Random random{0};
  std::vector<Contact> contacts;

  // As the functions of calendar.h, in the working hours of those who serve the account.
  Instant Working(Instant at) { return WorkingInstant(at, kRegion[region].workday_shift, random); }
  Instant AfterWork(Instant at, int64_t working) {
    return AfterWorking(at, working, kRegion[region].workday_shift, random);
  }
};

inline constexpr int kIndustries = 6;
extern const char* const kIndustry[kIndustries];

// Account `index` as it is before the first day.
Account MakeAccount(int index, uint64_t seed, Instant start, int days);

// Whom the model would call a senior person, and what forms say of everybody.
const char* TitleOf(Role role);
const char* SeniorityOf(Role role);
const char* DepartmentOf(Role role);

}  // namespace revops::simulation
