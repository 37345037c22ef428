// A simulated B2B company's year, told as events: what a newcomer sees in the demo, and what the
// conformance suite and the benchmarks fold.
//
// Some accounts wake up, visit, sign up, come to webinars; marketing hands leads over, sales
// answers or does not; deals open, stall, are won and lost; customers order, use, complain, renew
// and leave. Over it lies what real data has: late, doubled, restated, voided and conflicting
// events, bots, mail prefetch, tests, imports that only know the day. A few scripted stories with
// fixed ids (SimulationStory) run in accounts of their own.
//
// It promises:
//   (1) The same options give the same events in the same order, to the byte, on every machine: own
//       generator, integers only.
//   (2) Memory is bounded by the accounts (about 3 KiB each), not by the events.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "engine/simulate/story.h"
#include "revops/v1/event.pb.h"

namespace revops {

// Shares of events that are spoilt, in millionths of the events published.
struct NoiseOptions {
  bool enabled = true;              // false: every event arrives once, on time, and no bots come
  int64_t late_ppm = 30'000;        // arrives one to ten days late; a tenth of these up to 45 days
  int64_t duplicate_ppm = 15'000;   // arrives twice, the same bytes
  int64_t restated_ppm = 8'000;     // was wrong at first; a higher revision corrects it
  int64_t voided_ppm = 3'000;       // an event that never happened is published, then taken back
  int64_t conflicting_ppm = 2'000;  // two contents under one id and revision
  int64_t test_ppm = 2'000;         // somebody tries the integration: environment TEST
  int64_t bot_sessions_ppm = 40'000;       // visits of robots, against visits of people
  int64_t internal_sessions_ppm = 10'000;  // visits of our own people
  int64_t prefetch_ppm = 120'000;          // e-mails opened by the mail server, not by a person
};

struct SimulationOptions {
  uint64_t seed = 1;
  // The first day: days since 1970-01-01. The default is 2025-01-01.
  int64_t start_day = 20'089;
  // Events occur in [start_day, start_day + days); imports of older history occur before.
  int days = 365;
  // Companies of the market, without those of the stories.
  int accounts = 200;
  // The scripted stories; they need at least 300 days to come to their end.
  bool stories = true;
  // Writes the simulated arrival into recorded_at, for a reader that asks what was known when. Else
  // recorded_at is left to ingest.
  bool stamp_recorded_at = false;
  // Only what arrives before this instant; 0: everything. What the company knew by then.
  int64_t arrives_before = 0;
  NoiseOptions noise;
};

// Receives one event; anything but OK ends the simulation. The event is gone after the call.
using EventSink = absl::FunctionRef<absl::Status(const v1::Event& event)>;

// Publishes the year to `sink` in the order of arrival (not of occurrence).
// Errors: what `sink` returned; kInvalidArgument if an option is out of its range (days 1-3660,
// accounts 1-1,000,000, start_day 365-100,000, shares 0-1,000,000).
absl::Status Simulate(const SimulationOptions& options, EventSink sink);

}  // namespace revops
