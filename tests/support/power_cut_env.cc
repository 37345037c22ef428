#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

#include <memory>
#include <utility>

#include "tests/support/power_cut_fs.h"

namespace revops::test {
namespace {
class SleeplessClock final : public rocksdb::SystemClockWrapper {
 public:
  SleeplessClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "SleeplessClock"; }
  void SleepForMicroseconds(int) override {}
};

class PowerCutEnv final : public rocksdb::EnvWrapper {
 public:
  explicit PowerCutEnv(std::shared_ptr<PowerCutFs> disk)
      : EnvWrapper(rocksdb::NewCompositeEnv(disk)) {
    file_system_ = disk;
    system_clock_ = std::make_shared<SleeplessClock>();
  }
};
}  // namespace

std::shared_ptr<rocksdb::Env> EnvOn(std::shared_ptr<PowerCutFs> disk) {
  return std::make_shared<PowerCutEnv>(std::move(disk));
}

}  // namespace revops::test
