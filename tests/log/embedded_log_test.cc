#include "engine/log/embedded_log.h"

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include "engine/base/status.h"
#include "tests/support/event_log_contract.h"
#include "tests/support/logs.h"

namespace revops::test {
namespace {

// The contract, on a disk in memory.
class EmbeddedHarness final {
 public:
  EmbeddedHarness() : disk_(NewMemoryDisk()) { Reopen(); }

  EventLog& log() { return *log_; }
  std::string topic() const { return "topic"; }
  std::string other_topic() const { return "other"; }

  void Reopen() {
    log_.reset();
    EmbeddedLogOptions options;
    options.topics = {{"topic", 3}, {"other", 1}};
    options.record_bytes_max = 64 << 10;
    options.clock = SteppedClock();
    options.file_system = disk_;
    auto log = EmbeddedLog::Open("/data/log", std::move(options));
    EXPECT_TRUE(log.ok()) << log.status();
    REVOPS_CHECK(log.ok());
    log_ = *std::move(log);
  }

 private:
  std::shared_ptr<rocksdb::FileSystem> disk_;
  std::unique_ptr<EmbeddedLog> log_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, EventLogContract, EmbeddedHarness);

}  // namespace revops::test
