// How one conversion is shared among its touches under one model: parameter sets, no floating
// point, and sums that are exact.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/int128.h"
#include "engine/base/money.h"
#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// A whole deal, in the unit of shares.
inline constexpr int64_t kOneDeal = 1'000'000'000'000;

// When what happened that a model may give a part to; absent: it never happened.
struct Milestones {
  std::optional<int64_t> lead;
  std::optional<int64_t> opportunity;
  std::optional<int64_t> won;
};

// One weight per touch of the deal, in proportion to its credit; empty if no touch is eligible.
// REQUIRES: the touches are in event order, at or before deal.at, and eligible by the section.
std::vector<int64_t> WeightsOf(const v1::AttributionModel& model, const v1::Attribution& section,
                               const v1::AttributedDeal& deal, const Milestones& milestones);

// What each touch gets of kOneDeal, and of the deal's amount (in minor units, by largest
// remainder); each list sums to the whole. Empty: unattributed (or no amount is known).
std::vector<int128> SharesOf(const v1::ModelCredit& credit);
std::vector<Money> AmountsOf(const v1::AttributedDeal& deal, const v1::ModelCredit& credit);

}  // namespace revops
