#include "engine/simulate/simulator.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/base/hash.h"
#include "tests/simulate/simulated_year.h"

namespace revops {
namespace {

using test::EventsOf;
using test::Year;

// The bytes of all events, one after the other, as one digest.
std::string DigestOf(const SimulationOptions& options) {
  std::string bytes;
  for (const v1::Event& event : EventsOf(options)) bytes += event.SerializeAsString();
  return Sha256Hex(bytes);
}

SimulationOptions Small(uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  options.accounts = 30;
  return options;
}

TEST(SimulatorTest, TheSameSeedGivesTheSameBytes) {
  EXPECT_EQ(DigestOf(Small(7)), DigestOf(Small(7)));
}

TEST(SimulatorTest, AnotherSeedGivesOtherBytes) {
  EXPECT_NE(DigestOf(Small(7)), DigestOf(Small(8)));
}

TEST(SimulatorTest, EventsArriveInTheOrderOfArrivalNotOfOccurrence) {
  int64_t last_arrival = 0;
  int64_t last_occurrence = 0;
  size_t out_of_order = 0;
  for (const v1::Event& event : Year()) {
    EXPECT_GE(event.recorded_at(), last_arrival) << event.source() << "/" << event.id();
    last_arrival = event.recorded_at();
    if (event.occurred_at() < last_occurrence) ++out_of_order;
    last_occurrence = event.occurred_at();
  }
  EXPECT_GT(out_of_order, Year().size() / 50);
}

TEST(SimulatorTest, NothingArrivesBeforeItOccurs) {
  for (const v1::Event& event : Year()) {
    EXPECT_GE(event.recorded_at(), event.occurred_at()) << event.source() << "/" << event.id();
  }
}

TEST(SimulatorTest, WithoutStampingNoEventSaysWhenItWasRecorded) {
  for (const v1::Event& event : EventsOf(Small(1))) ASSERT_EQ(event.recorded_at(), 0);
}

TEST(SimulatorTest, NothingOccursAfterTheLastDayHoweverShort) {
  for (const int days : {1, 20, 100}) {
    SimulationOptions options = Small(3);
    options.days = days;
    const int64_t end = (options.start_day + days) * 86'400'000'000;
    const std::vector<v1::Event> events = EventsOf(options);
    EXPECT_FALSE(events.empty());
    for (const v1::Event& event : events) ASSERT_LT(event.occurred_at(), end) << event.id();
  }
}

TEST(SimulatorTest, MoreAccountsGiveMoreEventsInProportion) {
  SimulationOptions options;
  options.stories = false;
  options.accounts = 100;
  const size_t hundred = EventsOf(options).size();
  options.accounts = 300;
  const size_t three_hundred = EventsOf(options).size();
  EXPECT_GT(three_hundred, hundred * 2);
  EXPECT_LT(three_hundred, hundred * 4);
}

TEST(SimulatorTest, AYearHoldsEveryKindOfBody) {
  std::set<int> seen;
  for (const v1::Event& event : Year()) seen.insert(event.body_case());
  const google::protobuf::OneofDescriptor& bodies = *v1::Event::descriptor()->oneof_decl(0);
  for (int i = 0; i < bodies.field_count(); ++i) {
    EXPECT_EQ(seen.count(bodies.field(i)->number()), 1u) << bodies.field(i)->name();
  }
}

TEST(SimulatorTest, WhatTheSinkReturnsEndsTheSimulation) {
  int received = 0;
  const absl::Status status = Simulate(Small(1), [&](const v1::Event&) {
    return ++received < 10 ? absl::OkStatus() : absl::UnavailableError("full");
  });
  EXPECT_EQ(status, absl::UnavailableError("full"));
  EXPECT_EQ(received, 10);
}

TEST(SimulatorTest, OptionsOutOfRangeAreRefusedWithTheRange) {
  const auto ignore = [](const v1::Event&) { return absl::OkStatus(); };
  SimulationOptions options;
  options.accounts = 0;
  EXPECT_EQ(Simulate(options, ignore),
            absl::InvalidArgumentError("simulation: accounts is 0; choose 1 to 1000000"));
  options = {};
  options.days = 4000;
  EXPECT_EQ(Simulate(options, ignore).code(), absl::StatusCode::kInvalidArgument);
  options = {};
  options.start_day = 0;
  EXPECT_EQ(Simulate(options, ignore).code(), absl::StatusCode::kInvalidArgument);
  options = {};
  options.noise.late_ppm = -1;
  EXPECT_EQ(Simulate(options, ignore).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace revops
