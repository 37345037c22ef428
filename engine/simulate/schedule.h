// What will happen next: actions in the order of their instants, those of one instant in the order
// in which they were scheduled.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "engine/simulate/calendar.h"

namespace revops::simulation {

class Schedule final {
 public:
  using Action = std::function<void()>;

  // Actions at or after `end` are forgotten.
  Schedule(Instant start, Instant end) : now_(start), end_(end) {}

  Instant now() const { return now_; }
  Instant end() const { return end_; }

  // Does `action` at `instant`, or now if that is past.
  void At(Instant instant, Action action) {
    if (instant < now_) instant = now_;
    if (instant >= end_) return;
    pending_.push(Entry{instant, next_++, std::move(action)});
  }
  void After(int64_t delay, Action action) { At(now_ + delay, std::move(action)); }

  // Does the next action; false if there is none.
  bool Step() {
    if (pending_.empty()) return false;
    // The heap gives only a constant top; the entry leaves it at once.
    Entry entry = std::move(const_cast<Entry&>(pending_.top()));
    pending_.pop();
    now_ = entry.instant;
    entry.action();
    return true;
  }

 private:
  struct Entry {
    Instant instant;
    uint64_t order;
    Action action;
    bool operator<(const Entry& other) const {  // the heap's top is the largest
      return instant != other.instant ? instant > other.instant : order > other.order;
    }
  };

  Instant now_;
  Instant end_;
  uint64_t next_ = 0;
  std::priority_queue<Entry> pending_;
};

}  // namespace revops::simulation
