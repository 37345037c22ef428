#include "tests/support/logs.h"

#include <atomic>
#include <utility>

#include <rocksdb/env.h>

#include "engine/base/status.h"

namespace revops::test {
namespace {
constexpr int64_t kFirstInstant = 1704067200000000;  // 2024-01-01T00:00:00Z in microseconds
constexpr int64_t kStep = 1000;

class Steps final : public Clock {
 public:
  int64_t NowMicros() const override { return now_.fetch_add(kStep); }
  int64_t MonotonicMicros() const override { return now_.load(); }

 private:
  mutable std::atomic<int64_t> now_{kFirstInstant};
};
}  // namespace

std::shared_ptr<const Clock> SteppedClock() { return std::make_shared<Steps>(); }

EmbeddedLogOptions MachineTopics(int partitions) {
  EmbeddedLogOptions options;
  options.topics = {{"touchpoints", partitions}, {"routed", partitions}, {"identities", 1}};
  options.clock = SteppedClock();
  return options;
}

std::shared_ptr<rocksdb::Env> NewMemoryDisk() {
  return std::shared_ptr<rocksdb::Env>(rocksdb::NewMemEnv(rocksdb::Env::Default()));
}

std::unique_ptr<EmbeddedLog> OpenMemoryLog(std::shared_ptr<rocksdb::Env> disk, int partitions) {
  EmbeddedLogOptions options = MachineTopics(partitions);
  options.identity = "memory";
  options.env = std::move(disk);
  auto log = EmbeddedLog::Open("/log", std::move(options));
  if (!log.ok()) std::fprintf(stderr, "%s\n", log.status().ToString().c_str());
  REVOPS_CHECK(log.ok());
  return *std::move(log);
}

std::unique_ptr<EmbeddedLog> NewMemoryLog(int partitions) {
  return OpenMemoryLog(NewMemoryDisk(), partitions);
}

}  // namespace revops::test
