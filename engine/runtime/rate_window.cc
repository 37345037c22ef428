#include "engine/runtime/rate_window.h"

#include <algorithm>

namespace revops {
namespace {
constexpr int64_t kMicrosPerSecond = 1'000'000;
}  // namespace

void RateWindow::Add(int64_t now_micros, uint64_t count) {
  const int64_t second = now_micros / kMicrosPerSecond;
  if (first_second_ < 0) first_second_ = second;
  Bucket& bucket = buckets_[second % buckets_.size()];
  if (bucket.second != second) bucket = {second, 0};
  bucket.count += count;
}

uint64_t RateWindow::PerSecond(int64_t now_micros) const {
  const int64_t second = now_micros / kMicrosPerSecond;
  if (first_second_ < 0 || second <= first_second_) return 0;
  uint64_t count = 0;
  for (const Bucket& bucket : buckets_) {
    if (bucket.second >= second - kSeconds && bucket.second < second) count += bucket.count;
  }
  return count / static_cast<uint64_t>(std::min(kSeconds, second - first_second_));
}

}  // namespace revops
