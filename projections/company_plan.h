// What the plan of both teams adds to the shared measures: spend and budget, targets and quotas,
// market size; each spread over its days.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "engine/fold/projection.h"
#include "revops/v1/event.pb.h"

namespace revops {

const std::vector<Measure>& CompanyMeasures();

// Errors of all: kInvalidArgument for malformed money or days. `at`: the event's instant, whose day
// is meant where no days are given.
absl::Status CheckSpend(const v1::Spend& spend, int64_t at, const RevenueModel& model);
absl::Status CheckTarget(const v1::Target& target, int64_t at, const RevenueModel& model);
absl::Status CheckMarket(const v1::MarketSize& market, int64_t at, const RevenueModel& model);

// Each counts `sign` times. REQUIRES: checked.
void CountSpend(const v1::Spend& spend, int64_t at, int sign, Fold& fold);
void CountTarget(const v1::Target& target, int64_t at, int sign, Fold& fold);
void CountMarket(const v1::MarketSize& market, int64_t at, int sign, Fold& fold);

// What a target is cut by, in one text: "region=emea, team=sales", by name; "" for the whole.
std::string SliceOf(const v1::Target& target);

}  // namespace revops
