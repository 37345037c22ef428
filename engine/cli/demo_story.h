// What the demo shows of a company, each part with the command that gave it. All numbers are
// answers of the engine.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "engine/cli/demo_then.h"
#include "engine/cli/terminal.h"
#include "engine/serve/api.h"

namespace revops {

struct DemoStory {
  Api& api;
  Terminal& terminal;
  std::string data;  // the folder, for the commands shown
  int64_t at = 0;    // Units: microseconds; the instant to look at
  DemoThen then;
};

// Each writes one section, or nothing where the simulation does not tell it. Errors: those of the
// calls.
absl::Status TellWhatWasRead(const DemoStory& story);
// How far people came.
absl::Status TellFunnel(const DemoStory& story);
// Open deals by stage, and what became of the others.
absl::Status TellPipeline(const DemoStory& story);
absl::Status TellBestLeads(const DemoStory& story);
absl::Status TellOneJourney(const DemoStory& story);
// Webinar or cold call?
absl::Status TellDisputedDeal(const DemoStory& story);
// Who attended, who was contacted in time, and what became of each.
absl::Status TellWebinar(const DemoStory& story);
// A campaign of many leads: praised, then seen through.
absl::Status TellGiveaway(const DemoStory& story);
// Credit before and after a visitor was named.
absl::Status TellLateName(const DemoStory& story);
// A merge, a backdated close, a reopened deal, a champion who changed company.
absl::Status TellHistory(const DemoStory& story);
// The second quarter, then and now.
absl::Status TellQuarter(const DemoStory& story);
// Bots, and what nobody earned.
absl::Status TellWhatDoesNotCount(const DemoStory& story);
absl::Status TellMoneyAtRisk(const DemoStory& story);
void TellWhatNext(const DemoStory& story);

}  // namespace revops
