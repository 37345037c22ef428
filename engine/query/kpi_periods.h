// The periods that a question about KPIs is answered for.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/calendar.h"
#include "revops/v1/service.pb.h"

namespace revops {

inline constexpr int kPeriodsMax = 4000;

class Periods final {
 public:
  // The periods of `grain` that hold the days `range`; with `before`, one more at the beginning.
  // Errors: kInvalidArgument for an empty range or more than kPeriodsMax periods.
  static absl::StatusOr<Periods> Over(const Calendar& calendar, v1::KpiRequest::Grain grain,
                                      DayRange range, bool before);

  int size() const { return static_cast<int>(days_.size()); }
  const DayRange& days(int index) const { return days_[static_cast<size_t>(index)]; }
  DayRange whole() const { return {days_.front().first_day, days_.back().end_day}; }
  // "2025-Q1"; "" of a total.
  std::string NameOf(int index) const;
  // The period of a day; -1 if it is in none.
  int IndexOf(int32_t day) const;

 private:
  Periods(const Calendar& calendar, v1::KpiRequest::Grain grain)
      : calendar_(calendar), grain_(grain) {}

  Calendar calendar_;
  v1::KpiRequest::Grain grain_;
  int32_t first_ = 0;  // number of the first period
  std::vector<DayRange> days_;
};

// "week"; what "@grain" in a measure's name stands for. Empty of a total.
absl::string_view NameOf(v1::KpiRequest::Grain grain);

}  // namespace revops
