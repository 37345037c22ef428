// How many of something come a second, over the last ten whole seconds.
#pragma once

#include <array>
#include <cstdint>

namespace revops {

// Thread safety: none.
class RateWindow final {
 public:
  static constexpr int64_t kSeconds = 10;

  // Units of both: monotonic microseconds, which do not fall.
  void Add(int64_t now_micros, uint64_t count);
  // Of the seconds before the one under way; before ten have passed since the first Add, of those
  // there are.
  uint64_t PerSecond(int64_t now_micros) const;

 private:
  struct Bucket {
    int64_t second = -1;
    uint64_t count = 0;
  };
  std::array<Bucket, kSeconds + 1> buckets_;
  int64_t first_second_ = -1;
};

}  // namespace revops
