// What the views said during the demo's year, asked while it was being published: a story that was
// seen through later has to show what was seen first.
//
// `revops simulate --until DAY` makes the company as it was known on any day, so that what was kept
// here can be asked again.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/serve/api.h"
#include "engine/simulate/simulator.h"

namespace revops {

// Days of the simulation, from its first.
inline constexpr int kGiveawayFrom = 86;      // the campaign runs
inline constexpr int kGiveawayPraised = 124;  // and was reported on
inline constexpr int kQuarterFrom = 90;       // the second quarter
inline constexpr int kQuarterEnd = 181;       // territories change
inline constexpr int kBeforeNamed = 240;      // a visitor is named soon

struct DemoThen {
  SimulationOptions simulation;
  v1::KpiResponse campaigns;          // qualified leads by campaign, on kGiveawayPraised
  v1::KpiResponse quarter;            // bookings by team, on kQuarterEnd
  v1::AttributionResponse late_name;  // of the deal, on kBeforeNamed; empty: there is none
};

// "2025-05-01": the day `day` of the simulation.
std::string DemoDay(const SimulationOptions& simulation, int day);

// The questions, now as then.
v1::KpiRequest CampaignsQuestion(const SimulationOptions& simulation);
v1::KpiRequest QuarterQuestion(const SimulationOptions& simulation);
v1::AttributionRequest LateNameQuestion();

// The command that makes the company as it was known on `day`.
std::string ThenCommand(const SimulationOptions& simulation, int day);

// Asks what is asked on `day`, if anything is; the engine has folded what had arrived.
absl::Status AskOnDay(Api& api, int day, DemoThen& then);

// Beside the data, for the next time the story is told. Errors: kUnavailable; of Load: kNotFound.
absl::Status Keep(const DemoThen& then, const std::string& data);
absl::StatusOr<DemoThen> LoadThen(const std::string& data);

}  // namespace revops
