// How many records a batch takes: large ones fold at half the cost of small ones, and a batch that
// has begun is not given up, so it has to end soon.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace revops {

class BatchPace final {
 public:
  // Records: of any batch, at most.
  explicit BatchPace(int records_max) : records_max_(records_max) {}

  int records() const { return std::min(records_, records_max_); }

  // A batch took so many records, and so long.
  void Took(int records, absl::Duration time) {
    // A small batch says little of a large one.
    if (records < this->records() / 2) return;
    const double in_time = absl::FDivDuration(kBatchTime, std::max(time, absl::Milliseconds(1))) *
                           static_cast<double>(records);
    const double next = std::clamp(in_time, records_ / 2.0, records_ * 2.0);
    records_ = static_cast<int>(std::clamp<double>(next, kRecordsMin, records_max_));
  }

 private:
  // A process has two seconds to give a partition away: for a batch, and for closing the store.
  static constexpr absl::Duration kBatchTime = absl::Milliseconds(800);
  static constexpr int kRecordsMin = 256;

  const int records_max_;
  int records_ = 4096;
};

}  // namespace revops
