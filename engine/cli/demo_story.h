// What the demo shows of a company, each part with the command that gave it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "engine/cli/terminal.h"
#include "engine/serve/api.h"

namespace revops {

struct DemoStory {
  Api& api;
  Terminal& terminal;
  std::string data;  // the folder, for the commands shown
  int64_t at = 0;    // Units: microseconds; the instant to look at
};

// Each writes one section. Errors: those of the calls.
absl::Status TellWhatWasRead(const DemoStory& story);
absl::Status TellFunnel(const DemoStory& story);
absl::Status TellPipeline(const DemoStory& story);
absl::Status TellBestLeads(const DemoStory& story);
absl::Status TellOneJourney(const DemoStory& story);
void TellWhatNext(const DemoStory& story);

}  // namespace revops
