#include "engine/base/civil.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <limits>

#include "engine/base/calendar.h"

namespace revops {
namespace {

constexpr int64_t kHour = 3'600'000'000;

Zone At(absl::string_view name) { return Zone::Load(name).value(); }
int32_t Day(absl::string_view text) { return ParseDay(text).value(); }

int64_t HoursIn(const Zone& zone, absl::string_view day) {
  return (zone.DayStart(Day(day) + 1) - zone.DayStart(Day(day))) / kHour;
}

TEST(ZoneTest, UtcDaysAreWholeDaysSinceTheEpoch) {
  const Zone utc = Zone::Utc();
  EXPECT_EQ(utc.DayOf(0), 0);
  EXPECT_EQ(utc.DayOf(-1), -1);
  EXPECT_EQ(utc.DayOf(kMicrosPerDay - 1), 0);
  EXPECT_EQ(utc.DayStart(19782), 19782 * kMicrosPerDay);
  EXPECT_EQ(At("UTC").DayStart(-3), -3 * kMicrosPerDay);
}

TEST(ZoneTest, DaysAreAsLongAsDaylightSavingMakesThem) {
  const Zone berlin = At("Europe/Berlin");
  EXPECT_EQ(HoursIn(berlin, "2024-03-30"), 24);
  EXPECT_EQ(HoursIn(berlin, "2024-03-31"), 23);
  EXPECT_EQ(HoursIn(berlin, "2024-10-27"), 25);
  EXPECT_EQ(berlin.DayStart(Day("2024-01-01")), Day("2024-01-01") * kMicrosPerDay - kHour);
}

TEST(ZoneTest, ADayWithoutMidnightStartsWhenItsClocksDo) {
  // São Paulo went from 2018-11-03 23:59:59 to 2018-11-04 01:00.
  const Zone sao_paulo = At("America/Sao_Paulo");
  EXPECT_EQ(HoursIn(sao_paulo, "2018-11-04"), 23);
  EXPECT_EQ(sao_paulo.DayOf(sao_paulo.DayStart(Day("2018-11-04"))), Day("2018-11-04"));
  EXPECT_EQ(sao_paulo.DayOf(sao_paulo.DayStart(Day("2018-11-04")) - 1), Day("2018-11-03"));
}

TEST(ZoneTest, AMidnightThatComesTwiceStartsOneDay) {
  // Havana's clocks go from 01:00 back to 00:00.
  const Zone havana = At("America/Havana");
  EXPECT_EQ(HoursIn(havana, "2020-11-01"), 25);
  // St. John's went from 00:01 back to 23:01 of the day before, which does not come back.
  const Zone st_johns = At("America/St_Johns");
  const int64_t start = st_johns.DayStart(Day("2006-10-29"));
  EXPECT_EQ(st_johns.DayOf(start), Day("2006-10-29"));
  EXPECT_EQ(st_johns.DayOf(start + kHour / 2), Day("2006-10-29"));
  EXPECT_EQ(HoursIn(st_johns, "2006-10-29"), 25);
}

TEST(ZoneTest, ASkippedDayIsEmpty) {
  // Samoa had no 2011-12-30.
  const Zone apia = At("Pacific/Apia");
  EXPECT_EQ(HoursIn(apia, "2011-12-30"), 0);
  EXPECT_EQ(apia.DayOf(apia.DayStart(Day("2011-12-31"))), Day("2011-12-31"));
  EXPECT_EQ(apia.DayOf(apia.DayStart(Day("2011-12-31")) - 1), Day("2011-12-29"));
}

TEST(ZoneTest, DaysCutTimeWithoutGapOrOverlap) {
  for (const char* name : {"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo",
                           "America/Havana", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu",
                           "Australia/Lord_Howe", "Africa/Casablanca", "America/Juneau"}) {
    const Zone zone = At(name);
    for (int32_t day = Day("2005-01-01"); day < Day("2026-01-01"); ++day) {
      const int64_t start = zone.DayStart(day);
      const int64_t end = zone.DayStart(day + 1);
      ASSERT_LE(start, end) << name << " " << FormatDay(day);
      if (start == end) continue;
      ASSERT_EQ(zone.DayOf(start), day) << name << " " << FormatDay(day);
      ASSERT_EQ(zone.DayOf(end - 1), day) << name << " " << FormatDay(day);
    }
  }
}

TEST(ZoneTest, ARepeatedDayStaysInOrder) {
  // Alaska had 1867-10-18 twice when it changed hands.
  const Zone juneau = At("America/Juneau");
  int32_t last = Day("1867-10-15");
  for (int64_t hour = 0; hour < 10 * 24; ++hour) {
    const int32_t day = juneau.DayOf(juneau.DayStart(Day("1867-10-15")) + hour * kHour);
    ASSERT_GE(day, last);
    last = day;
  }
}

TEST(ZoneTest, AnswersAtTheEndsOfItsRange) {
  const Zone berlin = At("Europe/Berlin");
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_GT(berlin.DayOf(kMax), 100'000'000);
  EXPECT_LT(berlin.DayOf(-kMax - 1), -100'000'000);
}

TEST(ZoneTest, RefusesNamesThatDependOnTheMachine) {
  for (const char* name : {"", "localtime", "/etc/localtime", "file:/etc/localtime", ":UTC",
                           "Mars/Olympus", "Fixed/UTC+01:00:00", "../zoneinfo/UTC"}) {
    const absl::Status status = Zone::Load(name).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
  }
}

TEST(TzdataTest, ReadsTheVersionWhereTheDatabaseKeepsIt) {
  const std::string folder = ::testing::TempDir();
  const std::string tzdata = folder + "/tzdata.zi", version = folder + "/+VERSION";
  std::remove(tzdata.c_str());
  std::remove(version.c_str());
  EXPECT_EQ(TzdataVersionIn(folder), "unknown");
  std::ofstream(version) << "2023c\n";
  EXPECT_EQ(TzdataVersionIn(folder), "2023c");
  std::ofstream(tzdata) << "# version 2024a\n# rules\n";
  EXPECT_EQ(TzdataVersionIn(folder), "2024a");
  std::remove(tzdata.c_str());
  std::remove(version.c_str());
}

}  // namespace
}  // namespace revops
