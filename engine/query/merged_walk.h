// One sorted key space over all partitions of a look: the smallest (or largest) key next.
//
// Thread safety: none. Lifetime: the look outlives it.
#pragma once

#include <memory>
#include <vector>

#include "engine/query/list_walk.h"

namespace revops {

class MergedWalk final : public ListWalk {
 public:
  // `place` as in ViewReader::Walk.
  MergedWalk(const Look& look, absl::string_view prefix, absl::string_view place, WalkOrder order);

  bool valid() const override { return best_ >= 0; }
  int partition() const override { return best_; }
  absl::string_view key() const override { return cursors_[best_]->key(); }
  absl::string_view value() const override { return cursors_[best_]->value(); }
  void Next() override;
  absl::Status status() const override;

 private:
  void FindBest();

  const WalkOrder order_;
  std::vector<std::unique_ptr<ViewCursor>> cursors_;  // partition -> cursor
  int best_ = -1;
};

}  // namespace revops
