// Adds up the cells that a formula's measure needs, by slice and period.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/fold/cells.h"
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
  // (currency, segment of its rates) -> middle of the bucket -> how many, where a percentile is
  // asked; of a measure without currency under ("", 0)
  std::map<std::pair<std::string, int>, std::map<int64_t, int128>> buckets;

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

// Calls `each` for every cell key with the prefix, from `from` on, with its value, in key order,
// until it returns false; several stores one after the other.
using CellScan = std::function<absl::Status(absl::string_view prefix, absl::string_view from,
                                            const ViewReader::Each& each)>;

// Of cells that were worked out; those that are 0 are left out. Lifetime: borrows them.
CellScan ScanOf(const std::map<std::string, int128>& cells);

// The cells of all partitions of a look. Lifetime: borrows the look.
CellScan CellsOf(const Look& look);

// Takes one cell after the other. Lifetime: borrows the question.
class CellAdder final {
 public:
  explicit CellAdder(const CellQuestion& question);

  // The days whose cells are wanted.
  const DayRange& range() const { return range_; }

  // Whether the cell, of the question's measure and set, counts in it; then it is added.
  // Errors: kInvalidArgument for more than kSlicesMax slices; kDataLoss.
  absl::StatusOr<bool> Take(const CellName& cell, int128 value);

  // Call it once, last.
  CountedBySlice Finish();

 private:
  DayRange RangeOf() const;
  bool Passes(const CellName& cell) const;
  // The period whose number the cell is in; -1: none.
  absl::StatusOr<int> PeriodOf(const CellName& cell);
  // The period that holds the month "2025-03"; -1: none.
  absl::StatusOr<int> PeriodOfMonth(absl::string_view month);
  absl::Status Add(const CellName& cell, int128 value, Counted& counted) const;
  bool stock() const {
    return question_.use.over == Over::kOpening || question_.use.over == Over::kClosing;
  }

  const CellQuestion& question_;
  DayRange range_;
  std::vector<int> by_;
  std::vector<std::pair<int, std::vector<std::string>>> required_;  // place -> any of these
  int last_day_ = std::numeric_limits<int>::max();  // whose period was looked up last
  int last_index_ = -1;
  int months_ = -1;
  std::map<std::string, int, std::less<>> period_of_month_;  // found so far
  int currency_ = -1;
  int bucket_ = -1;
  CountedBySlice counted_;
};

// One answer per question, in their order; the cells are read once for all of them. REQUIRES: the
// questions are of one measure and set.
// Errors: kInvalidArgument for more than kSlicesMax slices; those of reading.
absl::StatusOr<std::vector<CountedBySlice>> AddUp(
    const CellScan& cells, const std::vector<const CellQuestion*>& questions);

// The first day on which the measure's cells of that set count anything; nothing if they do not.
// Errors: those of reading.
absl::StatusOr<std::optional<int32_t>> FirstDay(const CellScan& cells, const MeasureSlice& slice);

}  // namespace revops
