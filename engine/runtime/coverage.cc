#include "engine/runtime/coverage.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"

namespace revops {

void Coverage::BeginRound(const std::vector<v1::StoredProgress>& stores) {
  in_round_ = true;
  routed_.assign(stores.size(), 0);
  round_version_ = stores.empty() ? 0 : stores.front().link_version();
  versions_equal_ = true;
  for (const v1::StoredProgress& store : stores) {
    for (int p = 0; p < store.sent_size(); ++p) routed_[p] = std::max(routed_[p], store.sent(p));
    link_version_ = std::max(link_version_, store.links_seen());
    versions_equal_ = versions_equal_ && store.link_version() == round_version_;
  }
  versions_equal_ = versions_equal_ && round_version_ >= link_version_;
}

std::vector<v1::StoredProgress> Coverage::Wanted() const {
  std::vector<v1::StoredProgress> wanted(position_.offsets.size());
  for (size_t p = 0; p < wanted.size(); ++p) {
    if (in_round_) {
      wanted[p].set_routed(p < routed_.size() ? routed_[p] : 0);
      wanted[p].set_link_version(link_version_);
    } else {
      wanted[p].set_touchpoints(position_.offsets[p]);
    }
  }
  return wanted;
}

bool ReadAsMuch(const v1::StoredProgress& store, const v1::StoredProgress& other) {
  return store.touchpoints() >= other.touchpoints() && store.routed() >= other.routed() &&
         store.link_version() >= other.link_version();
}

bool Coverage::Reached(const std::vector<v1::StoredProgress>& stores) {
  for (size_t p = 0; p < before_.size(); ++p) {
    if (ReadAsMuch(stores[p], before_[p])) continue;
    in_round_ = covered_ = false;
    routed_.clear();
    link_version_ = 0;
  }
  before_ = stores;
  if (covered_) return true;
  if (!in_round_) {
    for (size_t p = 0; p < position_.offsets.size(); ++p) {
      const uint64_t reached = p < stores.size() ? stores[p].touchpoints() : 0;
      if (position_.offsets[p] <= reached) continue;
      missing_ = absl::StrCat(kTouchpoints, "/", p, " is folded up to ", reached, " of ",
                              position_.offsets[p]);
      return false;
    }
    BeginRound(stores);
  }
  while (true) {
    for (size_t p = 0; p < stores.size(); ++p) {
      if (stores[p].routed() < routed_[p]) {
        missing_ = absl::StrCat(kRouted, "/", p, " is folded up to ", stores[p].routed(), " of ",
                                routed_[p]);
        return false;
      }
      if (stores[p].link_version() < link_version_) {
        missing_ = absl::StrCat("partition ", p, " knows links up to ", stores[p].link_version(),
                                " of ", link_version_);
        return false;
      }
    }
    // Nothing moved on if every store resolved under one version all through the round.
    const bool still = std::all_of(
        stores.begin(), stores.end(),
        [&](const v1::StoredProgress& store) { return store.link_version() == round_version_; });
    const bool calm = versions_equal_ && still;
    const std::vector<uint64_t> waited_for = routed_;
    const uint64_t version_waited_for = link_version_;
    BeginRound(stores);
    if (calm || (routed_ == waited_for && link_version_ == version_waited_for)) {
      return covered_ = true;
    }
  }
}

}  // namespace revops
