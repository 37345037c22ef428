// Taking no more of `touchpoints` for a moment, so that what was taken comes to rest.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/runtime/engine.h"

namespace revops {
namespace {
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(1);
// How long a step that had begun may take until a hold is given up.
constexpr absl::Duration kStepMax = absl::Milliseconds(1500);
}  // namespace

bool Engine::Held() const {
  absl::MutexLock lock(&holds_mutex_);
  if (holds_.empty()) return false;
  const int64_t now = clock_.MonotonicMicros();
  for (auto hold = holds_.begin(); hold != holds_.end();) {
    hold = hold->second <= now ? holds_.erase(hold) : std::next(hold);
  }
  return !holds_.empty();
}

void Engine::Release(uint64_t holder) const {
  absl::MutexLock lock(&holds_mutex_);
  holds_.erase(holder);
}

absl::Status Engine::Hold(uint64_t holder, absl::Duration time) const {
  const int64_t now = clock_.MonotonicMicros();
  {
    absl::MutexLock lock(&holds_mutex_);
    holds_[holder] = now + absl::ToInt64Microseconds(time);
  }
  std::vector<uint64_t> rounds_before;
  for (const auto& slot : slots_) rounds_before.push_back(slot->rounds);
  const int64_t deadline = now + absl::ToInt64Microseconds(std::min(time, kStepMax));
  for (int p = 0; p < partitions(); ++p) {
    const auto stands = [this, p] {
      absl::MutexLock lock(&slots_[p]->mutex);
      return slots_[p]->threads == 0;
    };
    // A round that begins from now on sees the hold.
    while (slots_[p]->rounds == rounds_before[p] && !stands()) {
      if (clock_.MonotonicMicros() >= deadline) {
        return absl::UnavailableError(
            absl::StrCat("a step of partition ", p, " takes long; try again"));
      }
      absl::SleepFor(kBetweenLooks);
    }
  }
  return absl::OkStatus();
}

}  // namespace revops
