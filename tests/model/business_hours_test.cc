#include "engine/model/business_hours.h"

#include "engine/model/model.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1'000'000;

int64_t Micros(const char* text) {
  const auto instant = ParseInstant(text, Zone::Utc());
  EXPECT_TRUE(instant.ok()) << instant.status();
  return *instant;
}

// Monday to Friday, 9 to 17 in Berlin; 25 December 2026 is a holiday and a Friday.
const BusinessHours& Berlin() { return *RevenueModel::Default()->CalendarNamed("berlin"); }

TEST(BusinessHoursTest, NightsWeekendsAndHolidaysDoNotCount) {
  const struct {
    const char* from;
    const char* to;
    int64_t hours;
  } scenarios[] = {
      {"2026-11-18T09:00:00Z", "2026-11-18T11:00:00Z", 2},  // Wednesday 10 to 12 in Berlin
      {"2026-11-18T20:00:00Z", "2026-11-19T09:00:00Z", 1},  // over night
      {"2026-11-20T15:00:00Z", "2026-11-23T09:00:00Z", 2},  // over a weekend
      {"2026-12-24T15:00:00Z", "2026-12-28T09:00:00Z", 2},  // over Christmas
      {"2026-11-18T11:00:00Z", "2026-11-18T09:00:00Z", 0},  // backwards
      {"2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", 0},  // Saturday
      {"2026-03-27T15:00:00Z", "2026-03-30T08:00:00Z", 2},  // over the change of clocks
  };
  for (const auto& scenario : scenarios) {
    EXPECT_EQ(Berlin().Between(Micros(scenario.from), Micros(scenario.to)), scenario.hours * kHour)
        << scenario.from;
  }
}

TEST(BusinessHoursTest, WhatIsDueFallsIntoBusinessHours) {
  EXPECT_EQ(Berlin().After(Micros("2026-11-20T15:00:00Z"), 2 * kHour),
            Micros("2026-11-23T09:00:00Z"));
  EXPECT_EQ(Berlin().After(Micros("2026-11-21T15:00:00Z"), kHour), Micros("2026-11-23T09:00:00Z"));
  EXPECT_EQ(Berlin().After(Micros("2026-11-20T15:00:00Z"), kHour), Micros("2026-11-20T16:00:00Z"));
}

TEST(BusinessHoursTest, AfterIsTheInverseOfBetween) {
  const int64_t from = Micros("2026-11-20T10:11:12Z");
  for (int64_t hours = 1; hours < 100; ++hours) {
    EXPECT_EQ(Berlin().Between(from, Berlin().After(from, hours * kHour)), hours * kHour);
  }
}

TEST(ParseInstantTest, TakesDaysAndInstantsOnly) {
  const auto berlin = *Zone::Load("Europe/Berlin");
  EXPECT_EQ(*ParseInstant("2026-07-01", berlin), Micros("2026-06-30T22:00:00Z"));
  EXPECT_EQ(*ParseInstant("2026-07-01T00:00:00+02:00", berlin), Micros("2026-06-30T22:00:00Z"));
  for (const char* bad :
       {"", "2026", "2026-13-01", "2026-02-30", "2026-7-1", "01.07.2026", "2026-07-01T00:00:00",
        "9999999-01-01T00:00:00Z", "infinite-future", "infinite-past"}) {
    EXPECT_FALSE(ParseInstant(bad, berlin).ok()) << bad;
  }
}

}  // namespace
}  // namespace revops
