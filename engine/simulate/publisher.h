// Where simulated events leave: drafts with an id and a source, and the way from occurrence to
// arrival, on which events come late, twice, wrong at first (mess.h).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <queue>
#include <vector>

#include "absl/status/status.h"
#include "engine/simulate/calendar.h"
#include "engine/simulate/mess.h"
#include "engine/simulate/random.h"
#include "engine/simulate/simulator.h"

namespace revops::simulation {

// The publishing systems.
enum class Source : int {
  kWeb,         // "web": the site's tracker
  kAutomation,  // "mkt": marketing automation
  kAds,         // "ads": a nightly export
  kCrm,         // "crm": numbers its commits and says when it learned of a change
  kDialer,      // "dialer": calls and sequences of sales
  kPlatform,    // "events": webinars and trade shows, exported in the morning after
  kBilling,     // "billing"
  kSupport,     // "support"
  kPlanning,    // "planning": sheets of spend, targets, rates
};
inline constexpr int kSources = 9;

class Publisher final {
 public:
  // Lifetime: `options` must outlive the publisher.
  Publisher(const SimulationOptions& options, EventSink sink);

  // An event of `source` at `at` with the next id of that source, about `subject`.
  v1::Event Draft(Source source, Instant at, std::initializer_list<v1::Id> subject);

  // Sends it on its way, on which what `care` allows may happen to it. What occurs at or after the
  // end of the simulation is dropped.
  void Publish(v1::Event event, Care care = Care::kUsual);

  // A backfill: arrives at `arrives_at`, long after it occurred.
  void Import(v1::Event event, Instant arrives_at);

  // Hands to the sink what arrives before `until`.
  // Errors: what the sink returned.
  absl::Status Deliver(Instant until);

  // Hands over all that is still on its way.
  absl::Status DeliverRest();

 private:
  struct Pending {
    Instant arrives_at;
    uint64_t order;
    std::unique_ptr<v1::Event> event;
    bool operator<(const Pending& other) const {  // the heap's top is the largest
      return arrives_at != other.arrives_at ? arrives_at > other.arrives_at : order > other.order;
    }
  };

  void Arrive(v1::Event event, Instant arrives_at);
  absl::Status Hand(Pending pending);

  const SimulationOptions& options_;
  const Instant end_;
  EventSink sink_;
  Random random_;
  Instant delivered_until_ = 0;
  std::array<uint64_t, kSources> next_id_{};
  int64_t next_commit_ = 1;
  uint64_t next_order_ = 0;
  std::priority_queue<Pending> pending_;
};

}  // namespace revops::simulation
