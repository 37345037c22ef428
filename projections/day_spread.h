// Numbers told for a stretch of days, as each day's share: even, by largest remainder, summing to
// exactly what was told. Spend, budgets, targets and market sizes are prorated by it.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/base/calendar.h"
#include "engine/base/money.h"
#include "engine/fold/projection.h"

namespace revops {

inline constexpr int32_t kSpreadDaysMax = 3660;

// The days from `from` up to `to` (exclusive) in the model's zone; without both: the day of `at`;
// without `to`: the one day of `from`. Units: microseconds.
// Errors: kInvalidArgument if `to` lies before `from`, they are one instant, or the stretch is
// longer than kSpreadDaysMax days.
struct Stretch {
  int64_t from;
  int64_t to;
  int64_t at;
};
absl::StatusOr<DayRange> DaysOf(const Stretch& stretch, const RevenueModel& model);

// Counts the shares, `sign` times. REQUIRES: `days` is not empty.
void CountOverDays(const Measure& measure, const DayRange& days,
                   absl::Span<const absl::string_view> dims, const Money& amount, int sign,
                   Fold& fold);
void CountOverDays(const Measure& measure, const DayRange& days,
                   absl::Span<const absl::string_view> dims, int64_t count, int sign, Fold& fold);

}  // namespace revops
