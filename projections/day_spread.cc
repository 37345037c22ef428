#include "projections/day_spread.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

std::vector<int64_t> Evenly(const DayRange& days) {
  return std::vector<int64_t>(static_cast<size_t>(days.days()), 1);
}

}  // namespace

absl::StatusOr<DayRange> DaysOf(const Stretch& stretch, const RevenueModel& model) {
  const int32_t first = model.DayOf(stretch.from != 0 ? stretch.from : stretch.at);
  if (stretch.to == 0) return DayRange{first, first + 1};
  const int32_t end = model.DayOf(stretch.to);
  if (end <= first) {
    return absl::InvalidArgumentError(absl::StrCat("to_day is ", FormatDay(end),
                                                   ", not after from_day, ", FormatDay(first),
                                                   "; give the first day after the stretch"));
  }
  if (end - first > kSpreadDaysMax) {
    return absl::InvalidArgumentError(absl::StrCat("from_day to to_day are ", end - first,
                                                   " days; give at most ", kSpreadDaysMax));
  }
  return DayRange{first, end};
}

void CountOverDays(const Measure& measure, const DayRange& days,
                   absl::Span<const absl::string_view> dims, const Money& amount, int sign,
                   Fold& fold) {
  const auto shares = amount.Split(Evenly(days));
  REVOPS_CHECK(shares.ok());
  for (size_t i = 0; i < shares->size(); ++i) {
    const int128 micros = (*shares)[i].micros();
    if (micros == 0) continue;
    fold.Count(measure, days.first_day + static_cast<int32_t>(i), dims, sign * micros);
  }
}

void CountOverDays(const Measure& measure, const DayRange& days,
                   absl::Span<const absl::string_view> dims, int64_t count, int sign, Fold& fold) {
  const auto shares = SplitByLargestRemainder(count, Evenly(days));
  REVOPS_CHECK(shares.ok());
  for (size_t i = 0; i < shares->size(); ++i) {
    if ((*shares)[i] == 0) continue;
    fold.Count(measure, days.first_day + static_cast<int32_t>(i), dims, sign * (*shares)[i]);
  }
}

}  // namespace revops
