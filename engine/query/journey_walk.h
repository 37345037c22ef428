// Walks the entries of one journey in event order from any place, a chunk at a time.
//
// Thread safety: none. Lifetime: reader and tail outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/fold/journal.h"
#include "engine/view/view_store.h"

namespace revops {

class JourneyWalk {
 public:
  // `place`: an order key or the beginning of one. Ascending: the first entry not before it is the
  // first; descending: the last one before it; empty: the first or last of all. `tail` as in the
  // journey's head.
  JourneyWalk(const ViewReader& store, uint128 root16, absl::string_view tail, std::string place,
              WalkOrder order)
      : store_(store), root16_(root16), tail_(tail), place_(std::move(place)), order_(order) {}

  // Finds the first entry. Call it once, first.
  // Errors of both: kDataLoss, kUnavailable; the walk is then over.
  absl::Status Begin();
  absl::Status Next();

  bool valid() const { return at_ < entries_.size(); }
  // REQUIRES: valid().
  const Entry& entry() const { return entries_[at_]; }

 private:
  absl::Status Fill();
  absl::Status Take(absl::string_view bytes);
  bool InRange(const Entry& entry) const;

  const ViewReader& store_;
  const uint128 root16_;
  const absl::string_view tail_;
  const std::string place_;
  const WalkOrder order_;
  std::unique_ptr<ViewCursor> chunks_;
  bool tail_taken_ = false;
  std::vector<Entry> entries_;  // of the chunk at hand that are in range, in the order of the walk
  size_t at_ = 0;
};

}  // namespace revops
