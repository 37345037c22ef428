// Heads of journeys that were read or written lately, kept decoded.
//
// Two halves: what is put goes into the young one; when that is full it becomes the old one, and
// what nobody asked for since is dropped. Costs one look-up, and no list to keep in order.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/base/int128.h"
#include "engine/view/journey_head.h"

namespace revops {

class HeadCache {
 public:
  // Units: approximate bytes of all heads held. 0 keeps nothing.
  explicit HeadCache(int64_t bytes_max) : half_bytes_max_(bytes_max / 2) {}

  // A stored journey and its key.
  struct Held {
    uint128 root16 = 0;
    JourneyHead head;
  };

  // Moves the journey out, if it is here: whoever changes it puts it back once it is committed.
  bool Take(const Id& root, Held& held) {
    for (Half* half : {&young_, &old_}) {
      const auto found = half->heads.find(root);
      if (found == half->heads.end()) continue;
      held = std::move(found->second.held);
      half->bytes -= found->second.bytes;
      half->heads.erase(found);
      return true;
    }
    return false;
  }

  void Put(Held held) {
    const int64_t bytes = BytesOf(held);
    if (young_.bytes + bytes > half_bytes_max_) {
      if (bytes > half_bytes_max_) return;
      old_ = std::move(young_);
      young_ = Half();
    }
    young_.bytes += bytes;
    Id root = held.head.root;
    young_.heads[std::move(root)] = {std::move(held), bytes};
  }

 private:
  struct Sized {
    Held held;
    int64_t bytes = 0;
  };
  struct Half {
    absl::flat_hash_map<Id, Sized> heads;  // root -> journey
    int64_t bytes = 0;
  };
  static int64_t BytesOf(const Held& held) {
    constexpr size_t kOverhead = 400;
    const JourneyHead& head = held.head;
    return static_cast<int64_t>(kOverhead + 64 * (head.rows.size() + head.ids.size()) +
                                head.paged_bytes() + head.tail.size());
  }

  const int64_t half_bytes_max_;
  Half young_;
  Half old_;
};

}  // namespace revops
