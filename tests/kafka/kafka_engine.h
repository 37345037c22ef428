// An engine over a log on the shared broker, its stores in memory, that folds only when told.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "engine/base/int128.h"
#include "engine/runtime/engine.h"
#include "projections/registry.h"
#include "tests/support/logs.h"
#include "tests/support/shared_kafka.h"

namespace revops::test {

// Opens, folds all there is, and closes; the stores stay on the disk. What went wrong, if anything.
class FoldedViews final {
 public:
  explicit FoldedViews(Registry registry = AllProjections()) : registry_(std::move(registry)) {}

  absl::Status Fold(EventLog& log,
                    std::shared_ptr<const RevenueModel> model = RevenueModel::Default());

  // Changes what the store of partition 0 says of itself.
  void Rewrite(const std::function<void(v1::StoredProgress&)>& change);

  // Of all partitions together, as of the last Fold.
  uint128 digest() const { return digest_; }
  uint64_t dead_letters() const { return dead_letters_; }
  uint64_t read() const { return read_; }

 private:
  const std::shared_ptr<rocksdb::Env> disk_ = NewMemoryDisk();
  const Registry registry_;
  uint128 digest_ = 0;
  uint64_t dead_letters_ = 0;
  uint64_t read_ = 0;
};

}  // namespace revops::test
