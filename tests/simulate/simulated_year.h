// A simulated year held in memory, and what tests ask of it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/simulate/simulator.h"
#include "revops/v1/event.pb.h"

namespace revops::test {

// All events in the order of arrival. REQUIRES: the options are in range.
std::vector<v1::Event> EventsOf(const SimulationOptions& options);

// The default year of 120 accounts with arrivals stamped, simulated once for all tests.
const std::vector<v1::Event>& Year();

// (source, id) -> its copies, in the order of arrival; without those of environment TEST.
using Copies = std::map<std::pair<std::string, std::string>, std::vector<const v1::Event*>>;
Copies CopiesOf(const std::vector<v1::Event>& events);

// The copies that stand and are not voided, in event order: by (occurred_at, source, sequence, id).
std::vector<const v1::Event*> StandingOf(const std::vector<v1::Event>& events);

// Those of Year().
const std::vector<const v1::Event*>& StandingYear();

// "contact:crm:c-00001702", for messages and keys.
std::string Text(const v1::Id& id);

}  // namespace revops::test
