// The periods that numbers which are no sums of days are kept for: distinct counts, and what is
// measured against a period's start. Each has a measure of its own, its name ending in the grain's.
#pragma once

#include <string>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/fold/projection.h"

namespace revops {

struct Grain {
  PeriodKind kind;
  absl::string_view name;
};

// week, month, quarter, year, fiscal_quarter, fiscal_year.
absl::Span<const Grain> AllGrains();

// One measure a grain, in the grains' order: "active_people" gives "active_people_week", ….
// Lifetime: the names live for ever; call once a measure.
std::vector<Measure> PerGrain(absl::Span<const Grain> grains, const Measure& measure);

// The month of a day: "2024-03".
std::string MonthName(const RevenueModel& model, int32_t day);

}  // namespace revops
