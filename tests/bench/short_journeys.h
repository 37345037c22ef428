// Very many short journeys of a company that sells: visitors who came once, people handed over to
// sales, accounts with a deal. Together with a simulated company they make a store of the size that
// KPIs are asked of.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "revops/v1/event.pb.h"

namespace revops::bench {

struct ShortJourneys {
  int64_t count;
  int64_t first_day;  // since 1970-01-01; journeys begin in the year from here on
};

// Of ten journeys six are a visit, three a hand-over, one a deal; spread over the days, 40
// campaigns, 50 owners and four sources. The same options give the same events.
// Errors: what `sink` returned.
absl::Status WriteShortJourneys(const ShortJourneys& journeys,
                                absl::FunctionRef<absl::Status(v1::Event event)> sink);

}  // namespace revops::bench
