// One sorted key space over all partitions of a look: the smallest (or largest) key next.
//
// Thread safety: none. Lifetime: the look outlives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/query/look.h"

namespace revops {

class MergedWalk {
 public:
  // `place` as in ViewReader::Walk.
  MergedWalk(const Look& look, absl::string_view prefix, absl::string_view place, WalkOrder order);

  bool valid() const { return best_ >= 0; }
  // REQUIRES of the four: valid().
  int partition() const { return best_; }
  absl::string_view key() const { return cursors_[best_]->key(); }
  absl::string_view value() const { return cursors_[best_]->value(); }
  void Next();

  // Errors: those of the cursors; keys may be missing then.
  absl::Status status() const;

 private:
  void FindBest();

  const WalkOrder order_;
  std::vector<std::unique_ptr<ViewCursor>> cursors_;  // partition -> cursor
  int best_ = -1;
};

// The place from which a walk goes on after `key`, in either order.
std::string PlaceAfter(absl::string_view key, WalkOrder order);

}  // namespace revops
