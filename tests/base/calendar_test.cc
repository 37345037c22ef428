#include "engine/base/calendar.h"

#include <gtest/gtest.h>

#include <vector>

namespace revops {
namespace {

int32_t Day(absl::string_view text) { return ParseDay(text).value(); }

std::string Name(PeriodKind kind, absl::string_view day, int fiscal_first_month = 1) {
  const Calendar calendar(fiscal_first_month);
  return calendar.NameOf(kind, calendar.PeriodOf(kind, Day(day)));
}

TEST(CalendarTest, DaysCountFromTheEpoch) {
  EXPECT_EQ(Day("1970-01-01"), 0);
  EXPECT_EQ(Day("1969-12-31"), -1);
  EXPECT_EQ(Day("2024-02-29"), 19782);
  EXPECT_EQ(DayFromDate(2024, 2, 29), 19782);
  EXPECT_EQ(FormatDay(19782), "2024-02-29");
  EXPECT_EQ(FormatDay(-1), "1969-12-31");
}

TEST(CalendarTest, RefusesDaysThatDoNotExist) {
  for (const char* text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "20240101", "",
                           "2024-01-01T00", "2024-01-3x", "2024/01/01", "+024-01-01"}) {
    EXPECT_EQ(ParseDay(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

// Source: ISO 8601; the first and last days of years around the week boundary.
TEST(CalendarTest, IsoWeeksBelongToTheYearOfTheirThursday) {
  EXPECT_EQ(Name(PeriodKind::kIsoWeek, "2021-01-03"), "2020-W53");
  EXPECT_EQ(Name(PeriodKind::kIsoWeek, "2021-01-04"), "2021-W01");
  EXPECT_EQ(Name(PeriodKind::kIsoWeek, "2018-12-31"), "2019-W01");
  EXPECT_EQ(Name(PeriodKind::kIsoWeek, "2024-02-29"), "2024-W09");
  EXPECT_EQ(Name(PeriodKind::kIsoWeek, "1969-12-31"), "1970-W01");
}

TEST(CalendarTest, NamesMonthsQuartersAndYears) {
  EXPECT_EQ(Name(PeriodKind::kDay, "2024-02-29"), "2024-02-29");
  EXPECT_EQ(Name(PeriodKind::kMonth, "2024-02-29"), "2024-02");
  EXPECT_EQ(Name(PeriodKind::kQuarter, "2024-03-31"), "2024-Q1");
  EXPECT_EQ(Name(PeriodKind::kQuarter, "2024-04-01"), "2024-Q2");
  EXPECT_EQ(Name(PeriodKind::kYear, "2024-12-31"), "2024");
  EXPECT_EQ(Name(PeriodKind::kMonth, "1969-12-31"), "1969-12");
}

TEST(CalendarTest, AFiscalYearBearsTheYearInWhichItEnds) {
  EXPECT_EQ(Name(PeriodKind::kFiscalYear, "2024-01-31", 2), "FY2024");
  EXPECT_EQ(Name(PeriodKind::kFiscalYear, "2024-02-01", 2), "FY2025");
  EXPECT_EQ(Name(PeriodKind::kFiscalQuarter, "2024-01-31", 2), "FY2024-Q4");
  EXPECT_EQ(Name(PeriodKind::kFiscalQuarter, "2024-02-01", 2), "FY2025-Q1");
  EXPECT_EQ(Name(PeriodKind::kFiscalQuarter, "2024-12-31", 10), "FY2025-Q1");
  EXPECT_EQ(Name(PeriodKind::kFiscalYear, "2024-06-30", 1), "FY2024");
}

TEST(CalendarTest, EveryPeriodIsAUnionOfDaysWithoutGapOrOverlap) {
  const std::vector<PeriodKind> kinds = {
      PeriodKind::kDay,  PeriodKind::kIsoWeek,       PeriodKind::kMonth,     PeriodKind::kQuarter,
      PeriodKind::kYear, PeriodKind::kFiscalQuarter, PeriodKind::kFiscalYear};
  for (int first_month = 1; first_month <= 12; ++first_month) {
    const Calendar calendar(first_month);
    for (const PeriodKind kind : kinds) {
      EXPECT_EQ(calendar.PeriodOf(kind, 0), 0);
      for (int32_t day = -1500; day < 1500; ++day) {
        const int32_t period = calendar.PeriodOf(kind, day);
        const DayRange days = calendar.DaysOf(kind, period);
        ASSERT_TRUE(days.contains(day)) << day;
        ASSERT_EQ(days.end_day, calendar.DaysOf(kind, period + 1).first_day) << day;
        ASSERT_EQ(calendar.PeriodOf(kind, days.first_day), period) << day;
      }
    }
  }
}

TEST(CalendarTest, PeriodsHaveTheirUsualLengths) {
  const Calendar calendar(4);
  const auto length = [&](PeriodKind kind, absl::string_view day) {
    return calendar.DaysOf(kind, calendar.PeriodOf(kind, Day(day))).days();
  };
  EXPECT_EQ(length(PeriodKind::kMonth, "2024-02-10"), 29);
  EXPECT_EQ(length(PeriodKind::kQuarter, "2023-02-10"), 90);
  EXPECT_EQ(length(PeriodKind::kIsoWeek, "2024-02-10"), 7);
  EXPECT_EQ(length(PeriodKind::kFiscalYear, "2024-02-10"), 366);
  EXPECT_EQ(length(PeriodKind::kFiscalYear, "2024-04-10"), 365);
}

}  // namespace
}  // namespace revops
