// The one door to the machine's time. Everything that needs to know what time it is takes a Clock,
// so that tests, replays and simulations decide it; folds take none.
#pragma once

#include <atomic>
#include <cstdint>

namespace revops {

class Clock {
 public:
  virtual ~Clock() = default;

  // Now. Units: microseconds since 1970-01-01T00:00:00Z. May step backwards when the machine's
  // clock is set.
  virtual int64_t NowMicros() const = 0;

  // For durations only: never steps backwards, its zero has no meaning. Units: microseconds.
  virtual int64_t MonotonicMicros() const = 0;
};

// The machine's clock. Thread safety: any thread.
class SystemClock final : public Clock {
 public:
  int64_t NowMicros() const override;
  int64_t MonotonicMicros() const override;
};

// Time that moves only when told. Thread safety: any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_micros) : now_micros_(now_micros) {}

  int64_t NowMicros() const override { return now_micros_.load(); }
  int64_t MonotonicMicros() const override { return monotonic_micros_.load(); }

  // Lets `micros` pass on both clocks. REQUIRES: micros >= 0.
  void Advance(int64_t micros) {
    now_micros_ += micros;
    monotonic_micros_ += micros;
  }

  // Sets the wall clock, also backwards, as an administrator does; no time passes.
  void Set(int64_t now_micros) { now_micros_ = now_micros; }

 private:
  std::atomic<int64_t> now_micros_;
  std::atomic<int64_t> monotonic_micros_{0};
};

}  // namespace revops
