#include "tests/chaos/publisher.h"

#include <algorithm>
#include <random>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace revops::test {
namespace {
constexpr size_t kBatchEventsMax = 40;
// So that there is something new to publish until the last fault.
constexpr absl::Duration kBetweenBatches = absl::Milliseconds(100);
constexpr absl::Duration kBetweenTries = absl::Milliseconds(20);
}  // namespace

Publisher::Publisher(ClusterProcess& ingest, const std::vector<v1::Event>& events, uint64_t seed)
    : ingest_(ingest), events_(events), thread_([this, seed] { Run(seed); }) {}

void Publisher::Finish() {
  finish_ = true;
  if (thread_.joinable()) thread_.join();
}

Position Publisher::acknowledged() const {
  absl::MutexLock lock(&mutex_);
  return acknowledged_;
}

void Publisher::Run(uint64_t seed) {
  std::mt19937_64 random(seed);
  size_t sent = 0;
  while (!finish_) {
    const bool again = sent > 0 && (random() % 8 == 0 || sent == events_.size());
    const size_t from = again ? random() % sent : sent;
    const size_t to = std::min(from + 1 + random() % kBatchEventsMax, events_.size());
    sent = std::max(sent, to);
    if (!Publish({events_.begin() + static_cast<ptrdiff_t>(from),
                  events_.begin() + static_cast<ptrdiff_t>(to)})) {
      return;
    }
    absl::SleepFor(kBetweenBatches);
  }
}

bool Publisher::Publish(const std::vector<v1::Event>& batch) {
  published_.Attempt(batch);
  v1::PublishRequest request;
  for (const v1::Event& event : batch) *request.add_events() = event;
  absl::StatusOr<v1::PublishResponse> response;
  while (!(response = ingest_.api().Publish(request)).ok()) {
    if (finish_) return false;
    absl::SleepFor(kBetweenTries);
  }
  EXPECT_EQ(response->refused(), 0u);
  published_.Acknowledge(batch);
  const auto position = ParseToken(response->token());
  EXPECT_TRUE(position.ok()) << position.status();
  if (!position.ok()) return false;
  absl::MutexLock lock(&mutex_);
  acknowledged_.log = position->log;
  acknowledged_.offsets.resize(std::max(acknowledged_.offsets.size(), position->offsets.size()));
  for (size_t p = 0; p < position->offsets.size(); ++p) {
    acknowledged_.offsets[p] = std::max(acknowledged_.offsets[p], position->offsets[p]);
  }
  return true;
}

}  // namespace revops::test
