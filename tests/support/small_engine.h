// An engine over a log in memory or on Kafka, its stores in memory, that folds only when told, for
// tests of what can be asked of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/ingest/ingest.h"
#include "engine/runtime/engine.h"
#include "projections/registry.h"
#include "tests/support/logs.h"

namespace revops::test {

// What a small engine's clock shows at first, 2024-06-01T00:00:00Z, and when its first event
// happens unless it says otherwise, 2024-03-01T00:00:00Z.
inline constexpr int64_t kSmallNow = int64_t{1717200000} * 1'000'000;
inline constexpr int64_t kSmallStart = int64_t{1709251200} * 1'000'000;
inline constexpr int64_t kSmallMinute = 60'000'000;

class SmallEngine final {
 public:
  explicit SmallEngine(int partitions = 2, Registry registry = AllProjections(),
                       JourneyBatch::Options journeys = {},
                       std::shared_ptr<const RevenueModel> model = RevenueModel::Default());

  // Publishes textproto events; one without an id, source or occurred_at gets "e0", "e1", …,
  // "test" and a minute after the one before. Fails the test if one is refused. Gives the token.
  std::string Publish(const std::vector<std::string>& events);
  // As Publish, then folds all.
  std::string Given(const std::vector<std::string>& events);
  // Folds until nothing is left.
  void Fold();

  Engine& engine() { return *engine_; }
  Ingest& ingest() { return *ingest_; }
  EventLog& log() { return *log_; }
  ManualClock& clock() { return clock_; }

 private:
  const std::shared_ptr<rocksdb::Env> disk_ = NewMemoryDisk();
  ManualClock clock_{kSmallNow};
  const std::unique_ptr<EventLog> log_;
  const Registry registry_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Ingest> ingest_;
  int events_ = 0;
};

// "subject { … }" of "contact:crm:ada", to put before the rest of an event.
std::string About(const std::string& id_text);

// An id in the wire's form. REQUIRES: it is well-formed.
v1::Id IdOf(const std::string& id_text);

}  // namespace revops::test
