#include "engine/query/merged_walk.h"

#include "engine/base/status.h"

namespace revops {

MergedWalk::MergedWalk(const Look& look, absl::string_view prefix, absl::string_view place,
                       WalkOrder order)
    : order_(order) {
  for (const PartitionLook& one : look) cursors_.push_back(one.store->Walk(prefix, place, order));
  FindBest();
}

void MergedWalk::Next() {
  cursors_[best_]->Next();
  FindBest();
}

void MergedWalk::FindBest() {
  best_ = -1;
  for (size_t p = 0; p < cursors_.size(); ++p) {
    if (!cursors_[p]->valid()) continue;
    if (best_ >= 0) {
      const bool smaller = cursors_[p]->key() < key();
      if (smaller != (order_ == WalkOrder::kAscending)) continue;
    }
    best_ = static_cast<int>(p);
  }
}

absl::Status MergedWalk::status() const {
  for (const auto& cursor : cursors_) RETURN_IF_ERROR(cursor->status());
  return absl::OkStatus();
}

std::string PlaceAfter(absl::string_view key, WalkOrder order) {
  std::string place(key.data(), key.size());
  if (order == WalkOrder::kAscending) place.push_back('\0');
  return place;
}

}  // namespace revops
