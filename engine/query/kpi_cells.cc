#include "engine/query/kpi_cells.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/log_linear.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/fold/cells.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// Beyond every day that an event can have, and within what a cell's key can hold.
constexpr int32_t kFirstDay = -4'000'000;

std::string PrefixOf(const MeasureSlice& slice) {
  std::string key;
  PutBytes(slice.measure->name, key);
  key.push_back(static_cast<char>(slice.set));
  return keys::Cell(key);
}

// Takes one cell after the other.
class Adder final {
 public:
  explicit Adder(const CellQuestion& question)
      : question_(question), periods_(question.periods), places_(question.slice.places) {
    for (const std::string& dimension : question.by) by_.push_back(places_.at(dimension));
    for (const auto& [dimension, value] : question.only) {
      required_.push_back({places_.at(dimension), {value}});
    }
    for (const auto& condition : question.use.where) {
      const int place = places_.at(condition.dimension);
      if (condition.values.empty()) {
        months_ = place;
      } else {
        required_.push_back({place, condition.values});
      }
    }
    if (const auto found = places_.find("currency"); found != places_.end()) {
      currency_ = found->second;
    }
    if (question.use.percentile != 0) bucket_ = places_.at("bucket");
  }

  // The days whose cells are wanted.
  DayRange Range() const {
    const DayRange whole = periods_.whole();
    const bool stock = question_.use.over == Over::kOpening || question_.use.over == Over::kClosing;
    const bool ahead = question_.use.over == Over::kAhead;
    const int32_t end = ahead ? whole.end_day : std::min(whole.end_day, question_.end_day);
    return {stock || months_ >= 0 ? kFirstDay : whole.first_day - question_.shift_days,
            end - question_.shift_days};
  }

  absl::Status Take(const CellName& cell, int128 value) {
    for (const auto& [place, values] : required_) {
      const absl::string_view found = cell.dims[static_cast<size_t>(place)];
      if (std::find(values.begin(), values.end(), found) == values.end()) return absl::OkStatus();
    }
    slice_.clear();
    for (const int place : by_) slice_.emplace_back(cell.dims[static_cast<size_t>(place)]);
    std::vector<Counted>& counted = counted_[slice_];
    if (counted.empty()) {
      if (counted_.size() > kSlicesMax) {
        return absl::InvalidArgumentError(absl::StrCat(
            "there are more than ", kSlicesMax, " slices; ask for a coarser one, or for fewer"));
      }
      counted.resize(static_cast<size_t>(periods_.size()));
    }
    return Place(cell, value, counted);
  }

  CountedBySlice Finish() {
    if (months_ >= 0 ||
        (question_.use.over != Over::kOpening && question_.use.over != Over::kClosing)) {
      return std::move(counted_);
    }
    // So far each period holds what was added since the one before: a stock is their sum.
    for (auto& [slice, periods] : counted_) {
      for (size_t i = 1; i < periods.size(); ++i) {
        for (const auto& [key, sum] : periods[i - 1].sums) periods[i].sums[key] += sum;
        for (const auto& [key, sum] : periods[i - 1].buckets) periods[i].buckets[key] += sum;
      }
    }
    return std::move(counted_);
  }

 private:
  absl::Status Place(const CellName& cell, int128 value, std::vector<Counted>& counted) {
    const int32_t day = cell.day + question_.shift_days;
    if (months_ >= 0) {
      ASSIGN_OR_RETURN(const int32_t first,
                       ParseDay(absl::StrCat(cell.dims[static_cast<size_t>(months_)], "-01")));
      const int index = periods_.IndexOf(first);
      if (index < 0) return absl::OkStatus();
      const DayRange& days = periods_.days(index);
      const bool stock = question_.use.over == Over::kClosing;
      const bool opening = question_.use.over == Over::kOpening;
      if (stock ? day < days.end_day : opening ? day < days.first_day : days.contains(day)) {
        return Add(cell, value, counted[static_cast<size_t>(index)]);
      }
      return absl::OkStatus();
    }
    int index = -1;
    if (question_.use.over == Over::kClosing) {
      index = day < periods_.whole().first_day ? 0 : periods_.IndexOf(day);
    } else if (question_.use.over == Over::kOpening) {
      // A day's change is in the opening of the next period.
      index = day < periods_.whole().first_day ? 0 : periods_.IndexOf(day) + 1;
      if (index >= periods_.size()) index = -1;
    } else {
      index = periods_.IndexOf(day);
    }
    return index < 0 ? absl::OkStatus() : Add(cell, value, counted[static_cast<size_t>(index)]);
  }

  absl::Status Add(const CellName& cell, int128 value, Counted& counted) {
    if (bucket_ >= 0) {
      ASSIGN_OR_RETURN(const int64_t middle, MiddleOf(cell.dims[static_cast<size_t>(bucket_)]));
      counted.buckets[middle] += value;
      return absl::OkStatus();
    }
    if (currency_ < 0) {
      counted.sums[{"", 0}] += value;
      return absl::OkStatus();
    }
    const bool stock = question_.use.over == Over::kOpening || question_.use.over == Over::kClosing;
    std::string currency(cell.dims[static_cast<size_t>(currency_)]);
    const int segment = stock ? 0 : question_.rates.SegmentOf(currency, cell.day);
    counted.sums[{std::move(currency), segment}] += value;
    return absl::OkStatus();
  }

  const CellQuestion& question_;
  const Periods& periods_;
  const std::map<std::string, int>& places_;
  std::vector<int> by_;
  std::vector<std::pair<int, std::vector<std::string>>> required_;  // place -> any of these
  int months_ = -1;
  int currency_ = -1;
  int bucket_ = -1;
  SliceKey slice_;
  CountedBySlice counted_;
};

}  // namespace

absl::StatusOr<CountedBySlice> AddUp(const Look& look, const CellQuestion& question) {
  Adder adder(question);
  const DayRange range = adder.Range();
  const std::string prefix = PrefixOf(question.slice);
  std::string from = prefix;
  PutOrdered64(range.first_day, from);
  for (const PartitionLook& one : look) {
    absl::Status status;
    RETURN_IF_ERROR(
        one.store->Scan(prefix, from, [&](absl::string_view key, absl::string_view value) {
          const auto cell = ParseCellKey(key.substr(1));
          if (!cell.ok()) {
            status = cell.status();
          } else if (value.size() != 16 || cell->dims.size() != question.slice.places.size()) {
            status = absl::DataLossError("a cell is damaged; rebuild the view store");
          } else if (cell->day >= range.end_day) {
            return false;
          } else {
            status = adder.Take(*cell, static_cast<int128>(ReadUint128(value.data())));
          }
          return status.ok();
        }));
    RETURN_IF_ERROR(status);
  }
  return adder.Finish();
}

absl::StatusOr<std::optional<int32_t>> FirstDay(const Look& look, const MeasureSlice& slice) {
  std::optional<int32_t> first;
  for (const PartitionLook& one : look) {
    const std::unique_ptr<ViewCursor> at =
        one.store->Walk(PrefixOf(slice), "", WalkOrder::kAscending);
    RETURN_IF_ERROR(at->status());
    if (!at->valid()) continue;
    ASSIGN_OR_RETURN(const CellName cell, ParseCellKey(at->key().substr(1)));
    if (!first.has_value() || cell.day < *first) first = cell.day;
  }
  return first;
}

}  // namespace revops
