#include "engine/query/kpi_cells.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/log_linear.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// Beyond every day that an event can have, and within what a cell's key can hold.
constexpr int32_t kFirstDay = -4'000'000;

std::string PrefixOf(const MeasureSlice& slice) {
  std::string key;
  PutBytes(slice.measure->name, key);
  key.push_back(static_cast<char>(slice.set));
  return key;
}

// The day of a cell's key, which follows the measure and its set.
int64_t DayOf(absl::string_view key, size_t prefix) {
  return key.size() < prefix + 8 ? kFirstDay : ReadOrdered64(key.data() + prefix);
}

// Takes apart what follows measure and set in a cell's key. One `cell` serves a whole scan: it is
// what most of the time would go into.
absl::Status ReadPlace(absl::string_view place, CellName& cell) {
  WireReader in(place);
  const absl::string_view day = in.Raw(8);
  if (in.ok()) cell.day = static_cast<int32_t>(ReadOrdered64(day.data()));
  cell.dims.clear();
  while (in.ok() && !in.done()) cell.dims.push_back(in.Bytes());
  return in.ok() ? absl::OkStatus()
                 : absl::DataLossError("a cell key is damaged; rebuild the view store");
}

}  // namespace

CellScan ScanOf(const std::map<std::string, int128>& cells) {
  return [&cells](absl::string_view prefix, absl::string_view from, const ViewReader::Each& each) {
    std::string value;
    for (auto at = cells.lower_bound(std::string(from)); at != cells.end(); ++at) {
      if (absl::string_view(at->first).substr(0, prefix.size()) != prefix) break;
      if (at->second == 0) continue;
      value.clear();
      AppendUint128(static_cast<uint128>(at->second), value);
      if (!each(at->first, value)) break;
    }
    return absl::OkStatus();
  };
}

CellScan CellsOf(const Look& look) {
  return [&look](absl::string_view prefix, absl::string_view from, const ViewReader::Each& each) {
    for (const PartitionLook& one : look) {
      RETURN_IF_ERROR(one.store->Scan(keys::Cell(prefix), keys::Cell(from),
                                      [&](absl::string_view key, absl::string_view value) {
                                        return each(key.substr(1), value);
                                      }));
    }
    return absl::OkStatus();
  };
}

CellAdder::CellAdder(const CellQuestion& question) : question_(question) {
  const std::map<std::string, int>& places = question.slice.places;
  for (const std::string& dimension : question.by) by_.push_back(places.at(dimension));
  for (const auto& [dimension, value] : question.only) {
    required_.push_back({places.at(dimension), {value}});
  }
  for (const auto& condition : question.use.where) {
    if (condition.each) continue;
    const int place = places.at(condition.dimension);
    if (condition.values.empty()) {
      months_ = place;
    } else {
      required_.push_back({place, condition.values});
    }
  }
  if (const auto found = places.find("currency"); found != places.end()) currency_ = found->second;
  if (question.use.percentile != 0) bucket_ = places.at("bucket");
  range_ = RangeOf();
}

DayRange CellAdder::RangeOf() const {
  const DayRange whole = question_.periods.whole();
  const bool ahead = question_.use.over == Over::kAhead;
  const int32_t end = ahead ? whole.end_day : std::min(whole.end_day, question_.end_day);
  return {stock() || months_ >= 0 ? kFirstDay : whole.first_day - question_.shift_days,
          end - question_.shift_days};
}

bool CellAdder::Passes(const CellName& cell) const {
  return std::all_of(required_.begin(), required_.end(), [&cell](const auto& required) {
    const absl::string_view found = cell.dims[static_cast<size_t>(required.first)];
    return std::find(required.second.begin(), required.second.end(), found) !=
           required.second.end();
  });
}

absl::StatusOr<int> CellAdder::PeriodOfMonth(absl::string_view month) {
  const auto found = period_of_month_.find(month);
  if (found != period_of_month_.end()) return found->second;
  ASSIGN_OR_RETURN(const int32_t first, ParseDay(absl::StrCat(month, "-01")));
  const int index = question_.periods.IndexOf(first);
  period_of_month_.emplace(month, index);
  return index;
}

absl::StatusOr<int> CellAdder::PeriodOf(const CellName& cell) {
  const Periods& periods = question_.periods;
  const int32_t day = cell.day + question_.shift_days;
  if (months_ >= 0) {
    const absl::string_view month = cell.dims[static_cast<size_t>(months_)];
    if (month.empty()) return -1;
    ASSIGN_OR_RETURN(const int index, PeriodOfMonth(month));
    if (index < 0) return -1;
    const DayRange& days = periods.days(index);
    const bool counts = question_.use.over == Over::kClosing   ? day < days.end_day
                        : question_.use.over == Over::kOpening ? day < days.first_day
                                                               : days.contains(day);
    return counts ? index : -1;
  }
  if (stock() && day < periods.whole().first_day) return 0;
  // Cells come day by day.
  if (day != last_day_) {
    last_day_ = day;
    last_index_ = periods.IndexOf(day);
  }
  if (!stock()) return last_index_;
  // A day's change is in the closing of its period, and in the opening of the next.
  const int index = last_index_ + (question_.use.over == Over::kOpening ? 1 : 0);
  return index < periods.size() ? index : -1;
}

absl::StatusOr<bool> CellAdder::Take(const CellName& cell, int128 value) {
  if (!range_.contains(cell.day) || !Passes(cell)) return false;
  ASSIGN_OR_RETURN(const int index, PeriodOf(cell));
  if (index < 0) return false;
  SliceKey slice;
  for (const int place : by_) slice.emplace_back(cell.dims[static_cast<size_t>(place)]);
  std::vector<Counted>& counted =
      by_.empty() && !counted_.empty() ? counted_.begin()->second : counted_[std::move(slice)];
  if (counted.empty()) {
    if (counted_.size() > kSlicesMax) {
      return absl::InvalidArgumentError(absl::StrCat(
          "there are more than ", kSlicesMax, " slices; ask for a coarser one, or for fewer"));
    }
    counted.resize(static_cast<size_t>(question_.periods.size()));
  }
  RETURN_IF_ERROR(Add(cell, value, counted[static_cast<size_t>(index)]));
  return true;
}

absl::Status CellAdder::Add(const CellName& cell, int128 value, Counted& counted) const {
  std::pair<std::string, int> rate("", 0);
  if (currency_ >= 0) {
    rate.first = std::string(cell.dims[static_cast<size_t>(currency_)]);
    rate.second = stock() ? 0 : question_.rates.SegmentOf(rate.first, cell.day);
  }
  if (bucket_ >= 0) {
    ASSIGN_OR_RETURN(const int64_t middle, MiddleOf(cell.dims[static_cast<size_t>(bucket_)]));
    counted.buckets[std::move(rate)][middle] += value;
  } else {
    counted.sums[std::move(rate)] += value;
  }
  return absl::OkStatus();
}

CountedBySlice CellAdder::Finish() {
  if (months_ >= 0 || !stock()) return std::move(counted_);
  // So far each period holds what was added since the one before: a stock is their sum.
  for (auto& [slice, periods] : counted_) {
    for (size_t i = 1; i < periods.size(); ++i) {
      for (const auto& [key, sum] : periods[i - 1].sums) periods[i].sums[key] += sum;
      for (const auto& [key, middles] : periods[i - 1].buckets) {
        for (const auto& [middle, sum] : middles) periods[i].buckets[key][middle] += sum;
      }
    }
  }
  return std::move(counted_);
}

absl::StatusOr<std::vector<CountedBySlice>> AddUp(
    const CellScan& cells, const std::vector<const CellQuestion*>& questions) {
  std::vector<CountedBySlice> answers;
  if (questions.empty()) return answers;
  std::vector<CellAdder> adders;
  adders.reserve(questions.size());
  DayRange range = CellAdder(*questions[0]).range();
  for (const CellQuestion* const question : questions) {
    const DayRange& one = adders.emplace_back(*question).range();
    range = {std::min(range.first_day, one.first_day), std::max(range.end_day, one.end_day)};
  }
  const MeasureSlice& slice = questions[0]->slice;
  const std::string prefix = PrefixOf(slice);
  std::string from = prefix;
  PutOrdered64(range.first_day, from);
  absl::Status status;
  CellName cell;
  cell.measure = slice.measure->name;
  cell.set = slice.set;
  const auto take = [&](absl::string_view key, absl::string_view value) {
    RETURN_IF_ERROR(ReadPlace(key.substr(prefix.size()), cell));
    if (value.size() != 16 || cell.dims.size() != slice.places.size()) {
      return absl::Status(absl::DataLossError("a cell is damaged; rebuild the view store"));
    }
    const auto number = static_cast<int128>(ReadUint128(value.data()));
    for (CellAdder& adder : adders) RETURN_IF_ERROR(adder.Take(cell, number).status());
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(cells(prefix, from, [&](absl::string_view key, absl::string_view value) {
    // What was wrong in one store stays wrong.
    if (!status.ok() || DayOf(key, prefix.size()) >= range.end_day) return false;
    status = take(key, value);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  for (CellAdder& adder : adders) answers.push_back(adder.Finish());
  return answers;
}

absl::StatusOr<std::optional<int32_t>> FirstDay(const CellScan& cells, const MeasureSlice& slice) {
  std::optional<int32_t> first;
  absl::Status status;
  const std::string prefix = PrefixOf(slice);
  RETURN_IF_ERROR(cells(prefix, prefix, [&](absl::string_view key, absl::string_view) {
    const auto cell = ParseCellKey(key);
    if (!cell.ok()) status = cell.status();
    if (cell.ok() && (!first.has_value() || cell->day < *first)) first = cell->day;
    return false;
  }));
  RETURN_IF_ERROR(status);
  return first;
}

}  // namespace revops
