// Adds up the cells that a formula's measure needs, over all partitions of one look, by slice and
// period.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/query/kpi_measures.h"
#include "engine/query/kpi_number.h"
#include "engine/query/kpi_periods.h"
#include "engine/query/kpi_rates.h"
#include "engine/query/look.h"

namespace revops {

// One value per dimension asked by.
using SliceKey = std::vector<std::string>;

// What was counted in one period under one slice.
struct Counted {
  // (currency, segment of its rates) -> sum; of a count under ("", 0)
  std::map<std::pair<std::string, int>, int128> sums;
  // middle of the bucket -> how many, where a percentile is asked
  std::map<int64_t, int128> buckets;

  bool empty() const { return sums.empty() && buckets.empty(); }
};

// slice -> one entry per period
using CountedBySlice = std::map<SliceKey, std::vector<Counted>>;

struct CellQuestion {
  const MeasureUse& use;
  const MeasureSlice& slice;
  const std::vector<std::string>& by;  // dimensions; empty: one slice
  // Only cells with this value.
  const std::map<std::string, std::string>& only;
  const Periods& periods;
  int32_t end_day;     // days from here on lie after the asking instant
  int32_t shift_days;  // a cell counts so many days later
  const Rates& rates;
};

inline constexpr size_t kSlicesMax = 20'000;

// Errors: kInvalidArgument for more than kSlicesMax slices; those of reading.
absl::StatusOr<CountedBySlice> AddUp(const Look& look, const CellQuestion& question);

// The first day on which the measure's cells of that set count anything; nothing if they do not.
// Errors: those of reading.
absl::StatusOr<std::optional<int32_t>> FirstDay(const Look& look, const MeasureSlice& slice);

}  // namespace revops
