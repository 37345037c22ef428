#include "engine/query/journey_walk.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/view/keys.h"

namespace revops {

absl::Status JourneyWalk::Begin() {
  const std::string prefix = keys::Chunks(root16_);
  std::string from = place_.empty() ? "" : prefix + place_;
  if (order_ == WalkOrder::kAscending && !from.empty()) {
    // The place may lie within the chunk that begins before it.
    std::string unused;
    ASSIGN_OR_RETURN(const bool within, store_.Floor(prefix, prefix + place_, from, unused));
    if (!within) from.clear();
  }
  chunks_ = store_.Walk(prefix, from, order_);
  return Fill();
}

absl::Status JourneyWalk::Next() {
  ++at_;
  return valid() ? absl::OkStatus() : Fill();
}

// Takes chunks until one has an entry in range, or nothing is left.
absl::Status JourneyWalk::Fill() {
  const bool tail_first = order_ == WalkOrder::kDescending;
  while (!valid()) {
    if (tail_first && !tail_taken_) {
      tail_taken_ = true;
      RETURN_IF_ERROR(Take(tail_));
    } else if (chunks_->valid()) {
      RETURN_IF_ERROR(Take(chunks_->value()));
      chunks_->Next();
    } else {
      RETURN_IF_ERROR(chunks_->status());
      if (tail_taken_) break;
      tail_taken_ = true;
      RETURN_IF_ERROR(Take(tail_));
    }
  }
  return absl::OkStatus();
}

absl::Status JourneyWalk::Take(absl::string_view bytes) {
  ASSIGN_OR_RETURN(entries_, DecodeEntries(bytes));
  at_ = 0;
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                [&](const Entry& entry) { return !InRange(entry); }),
                 entries_.end());
  if (order_ == WalkOrder::kDescending) std::reverse(entries_.begin(), entries_.end());
  return absl::OkStatus();
}

bool JourneyWalk::InRange(const Entry& entry) const {
  if (place_.empty()) return true;
  return (order_ == WalkOrder::kAscending) == (entry.order_key >= place_);
}

}  // namespace revops
