// Sales works a person until it knows: calls, sequence mails, a meeting, an opportunity or none.
// Used for leads handed over and for cold outbound alike.
#pragma once

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

enum class OutreachResult { kOpportunity, kUnreachable, kNotNow, kNoNeed };

struct Outreach {
  Person person{};
  std::string actor;           // who calls
  absl::string_view campaign;  // Lifetime: must outlive the simulation
  std::string handover_id;     // empty: cold outbound
  int calls_max = 4;
  int64_t meeting_percent = 0;  // that a person reached agrees to a meeting
  int meetings = 0;
  bool sequence = false;  // a sequence of mails runs beside the calls
  std::function<void(OutreachResult)> done;
};

// Starts calling at `at` (moved into working hours).
void StartOutreach(Outreach outreach, Instant at);

}  // namespace revops::simulation
