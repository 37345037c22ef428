// What one deal adds to the shared measures: open pipeline as changes of a stock, creations,
// bookings and losses on the day of the close, passed stages.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/money.h"
#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

const std::vector<Measure>& OpportunityMeasures();

// The deal's total: amount, else recurring x term + one-time; nothing if none is known.
// Errors: kInvalidArgument for malformed money, mixed currencies, overflow.
absl::StatusOr<std::optional<Money>> TotalOf(const v1::OpportunityFields& fields);

// One event changed a deal from `before` to `after`.
struct OpportunityStep {
  const v1::OpportunityView& before;
  const v1::OpportunityView& after;
  int64_t at;  // Units: microseconds.
};

// Counts the difference. Whatever one step adds, the steps of a deal sum to what it is.
void CountStep(const OpportunityStep& step, Fold& fold);

// The days on which a closed deal counts no more as it was, and counts as it is. A close that moves
// counts on its new day; whatever else changes, a reopening too, is a reversing entry on the day it
// changes.
struct BookingDays {
  int32_t before;
  int32_t after;
};
BookingDays BookingDaysOf(const OpportunityStep& step, const RevenueModel& model);

// Of a won deal, from its first entry into the qualified stage; in whole days where one of the two
// times is known by the day only.
int64_t CycleSeconds(const v1::OpportunityView& deal, const RevenueModel& model);

bool IsClosed(const v1::OpportunityView& deal);

// "open", "won", "no_decision"; "" before it opens.
absl::string_view StateName(v1::OpportunityView::State state);

}  // namespace revops
