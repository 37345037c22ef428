#include "engine/query/ranked_walk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/fold/projection.h"

namespace revops {
namespace {

constexpr size_t kRankedBytes = Projection::kRankedBytes;
constexpr size_t kReadMax = 64;
constexpr int kRunsMax = 255;

std::string WithRun(const std::string& prefix, uint8_t run) {
  return prefix + static_cast<char>(run);
}

std::string PlaceBytes(uint64_t place) {
  std::string bytes;
  PutOrdered64(static_cast<int64_t>(place ^ (uint64_t{1} << 63)), bytes);
  return bytes;
}

absl::Status Damaged() {
  return absl::DataLossError(
      "an item of a ranked list is too short; rebuild the view store from the log");
}

}  // namespace

RankedWalk::RankedWalk(const Look& look, std::string prefix, absl::string_view after,
                       WalkOrder order, Rank rank)
    : look_(look), prefix_(std::move(prefix)), order_(order), rank_(std::move(rank)) {
  if (!after.empty() && after.size() < prefix_.size() + kRankedBytes) {
    status_ = absl::InvalidArgumentError(
        "page_token names no item of this list; pass next_page_token on exactly as it was given");
    return;
  }
  FindRuns(look, after);
  // From here on runs_ stays as it is, and heap_ may point into it.
  for (Run& run : runs_) {
    if (!run.items.empty()) heap_.push_back(&run);
  }
  std::make_heap(heap_.begin(), heap_.end(), [this](Run* a, Run* b) { return Later(a, b); });
}

void RankedWalk::FindRuns(const Look& look, absl::string_view after) {
  std::array<bool, kRunsMax> asked{}, begins{};
  std::array<std::string, kRunsMax> places;
  for (size_t p = 0; p < look.size() && status_.ok(); ++p) {
    std::string next = prefix_;  // runs from here on are not known yet
    while (status_.ok()) {
      const auto cursor = look[p].store->Walk(prefix_, next, WalkOrder::kAscending);
      status_.Update(cursor->status());
      if (!cursor->valid()) break;
      const absl::string_view key = cursor->key();
      const uint8_t byte = key.size() > prefix_.size() ? key[prefix_.size()] : kRunsMax;
      if (byte >= kRunsMax) {
        status_.Update(Damaged());
        break;
      }
      if (!asked[byte]) begins[byte] = PlaceIn(byte, after, places[byte]);
      asked[byte] = true;
      if (begins[byte]) {
        Run run;
        run.partition = static_cast<int>(p);
        run.prefix = WithRun(prefix_, byte);
        Read(run, places[byte]);
        runs_.push_back(std::move(run));
      }
      next = WithRun(prefix_, byte + 1);
    }
  }
}

bool RankedWalk::PlaceIn(uint8_t run, absl::string_view after, std::string& place) const {
  place.clear();
  if (after.empty()) return true;
  const absl::string_view left = after.substr(prefix_.size());
  const auto left_run = static_cast<uint8_t>(left[0]);
  if (run == left_run) {
    place = PlaceAfter(after, order_);
    return true;
  }
  // The first place in the run that does not come before `after`. Rows of the same rank are in the
  // order of their runs.
  const int64_t left_rank = rank_(left.substr(0, kRankedBytes));
  std::string bytes(1, static_cast<char>(run));
  const auto not_before = [&](uint64_t at) {
    bytes.resize(1);
    bytes += PlaceBytes(at);
    const int64_t rank = rank_(bytes);
    return run < left_run ? rank > left_rank : rank >= left_rank;
  };
  const bool ascending = order_ == WalkOrder::kAscending;
  uint64_t low = 0, high = UINT64_MAX;
  // An empty place is the whole run, for a descending walk its end.
  if (!not_before(high)) return !ascending;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    not_before(middle) ? high = middle : low = middle + 1;
  }
  place = WithRun(prefix_, run) + PlaceBytes(low);
  return true;
}

void RankedWalk::Read(Run& run, absl::string_view place) {
  run.items.clear();
  run.at = 0;
  const auto cursor = look_[run.partition].store->Walk(run.prefix, place, order_);
  for (; cursor->valid() && run.items.size() < run.read_max; cursor->Next()) {
    const absl::string_view key = cursor->key();
    if (key.size() < prefix_.size() + kRankedBytes) {
      status_.Update(Damaged());
      return;
    }
    run.items.push_back({rank_(key.substr(prefix_.size(), kRankedBytes)), std::string(key),
                         std::string(cursor->value())});
  }
  status_.Update(cursor->status());
  run.read_max = std::min(run.read_max * 4, kReadMax);
}

bool RankedWalk::Later(const Run* a, const Run* b) const {
  if (order_ == WalkOrder::kAscending) std::swap(a, b);
  const Item& left = a->item();
  const Item& right = b->item();
  return left.rank != right.rank ? left.rank < right.rank : left.key < right.key;
}

void RankedWalk::Next() {
  const auto later = [this](Run* a, Run* b) { return Later(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Run& run = *heap_.back();
  if (++run.at == run.items.size()) {
    const std::string last = std::move(run.items.back().key);
    Read(run, PlaceAfter(last, order_));
  }
  if (run.items.empty()) {
    heap_.pop_back();
  } else {
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
}

}  // namespace revops
