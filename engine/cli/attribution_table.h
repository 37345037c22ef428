// Credits of a deal or a period as a table.
#pragma once

#include <string>

#include "engine/cli/table.h"
#include "revops/v1/service.pb.h"

namespace revops {

enum class ShownCredit { kAmount, kDeals, kShare };

// For people: a line per touch, channel, campaign or team, a column per model; what is nothing
// stays empty. `by` names the lines of a period; `events` adds to a deal's touches the time and the
// id of the event that each was.
Table CreditTable(const v1::AttributionResponse& response, const std::string& by, ShownCredit shown,
                  bool events = false);

// For programs: one line per model and touch (or channel), with everything known of it.
Table CreditList(const v1::AttributionResponse& response, const std::string& by);

}  // namespace revops
