// Records of people and companies in marketing automation and in the CRM, and the links between
// them: visitor -> marketing's contact -> CRM contact -> account; lead -> contact.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

// Marketing automation gets a record of the person (traits, consent), if it has none.
void EnsureMarketingRecord(const Person& person, Instant at);

// The visitor of `device` is this person, from now on and for all the past.
void LinkDevice(const Person& person, int device, Instant at);

// The CRM gets a lead of the person, if it has neither lead nor contact.
void EnsureLead(const Person& person, Instant at, absl::string_view origin,
                absl::string_view campaign);

// The CRM gets the account and a contact of the person in it, if it has none; marketing's record is
// linked to it.
void EnsureAccount(World& world, Account& account, Instant at);
void EnsureContact(const Person& person, Instant at);

// What the CRM knew before the first day: accounts of the target list and of customers with some of
// their people, imported by the day.
void ImportOldRecords(World& world, Account& account);

}  // namespace revops::simulation
