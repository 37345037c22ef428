#include "engine/simulate/calendar.h"

#include <gtest/gtest.h>

namespace revops::simulation {
namespace {

Instant Of(int year, int month, int day, int hour) {
  return StartOf(absl::CivilDay(year, month, day)) + hour * kHour;
}

TEST(SimulationCalendarTest, WeekdaysAreThoseOfTheCalendar) {
  EXPECT_EQ(Weekday(Of(2025, 1, 1, 12)), 2);  // a Wednesday
  EXPECT_EQ(Weekday(Of(2025, 7, 6, 23)), 6);  // a Sunday
}

TEST(SimulationCalendarTest, WorkWaitsForMonday) {
  Random random(1);
  const Instant at = WorkingInstant(Of(2025, 1, 3, 20), 0, random);  // a Friday evening
  EXPECT_EQ(CivilDayOf(at), absl::CivilDay(2025, 1, 6));
  EXPECT_GE(at % kDay, 8 * kHour);
  EXPECT_LT(at % kDay, 16 * kHour);
}

TEST(SimulationCalendarTest, WorkInWorkingHoursStartsAtOnce) {
  Random random(1);
  EXPECT_EQ(WorkingInstant(Of(2025, 1, 7, 11), 0, random), Of(2025, 1, 7, 11));
}

TEST(SimulationCalendarTest, MarketsFurtherWestWorkLater) {
  Random random(1);
  EXPECT_EQ(WorkingInstant(Of(2025, 1, 7, 21), 6 * kHour, random), Of(2025, 1, 7, 21));
  EXPECT_GE(WorkingInstant(Of(2025, 1, 7, 9), 6 * kHour, random), Of(2025, 1, 7, 14));
}

TEST(SimulationCalendarTest, OnlyWorkingTimePasses) {
  Random random(1);
  // Friday 15:00 plus three hours: one on Friday, two on Monday.
  EXPECT_EQ(AfterWorking(Of(2025, 1, 3, 15), 3 * kHour, 0, random), Of(2025, 1, 6, 10));
}

TEST(SimulationRandomTest, KnownValuesOfSplitMix64) {
  // Source: the reference implementation with seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(SimulationRandomTest, ValuesStayInTheirRange) {
  Random random(5);
  for (int i = 0; i < 2000; ++i) {
    const int64_t between = random.Between(-3, 3);
    EXPECT_TRUE(between >= -3 && between <= 3);
    const int64_t skewed = random.Skewed(10, 12);
    EXPECT_TRUE(skewed >= 10 && skewed <= 12);
    const int64_t delay = random.Delay(100, 1000);
    EXPECT_TRUE(delay >= 10 && delay <= 1000);
    EXPECT_LT(random.Weighted({0, 1, 5}), 3u);
  }
}

TEST(SimulationRandomTest, StreamsOfEntitiesDiffer) {
  EXPECT_NE(Random(1, 1, 1).Next(), Random(1, 1, 2).Next());
  EXPECT_NE(Random(1, 1, 1).Next(), Random(1, 2, 1).Next());
  EXPECT_NE(Random(1, 1, 1).Next(), Random(2, 1, 1).Next());
}

}  // namespace
}  // namespace revops::simulation
