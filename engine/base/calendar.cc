#include "engine/base/calendar.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);
constexpr int kEpochYear = 1970;
// 1970-01-01 is a Thursday: three days after the Monday of week 0.
constexpr int kMondayToEpoch = 3;

int32_t FloorDiv(int32_t a, int32_t b) { return a / b - (a % b < 0 ? 1 : 0); }

absl::CivilDay DateOf(int32_t day) { return kEpoch + day; }
int32_t NumberOf(absl::CivilDay date) { return static_cast<int32_t>(date - kEpoch); }

// Months since January 1970.
int32_t MonthOf(int32_t day) {
  const absl::CivilDay date = DateOf(day);
  return static_cast<int32_t>(date.year() - kEpochYear) * 12 + date.month() - 1;
}
int32_t MonthStart(int32_t month) {
  return NumberOf(absl::CivilDay(absl::CivilMonth(kEpochYear, 1) + month));
}

// Periods of `length` months of which one starts `offset` months into the year; period 0 holds
// January 1970.
struct Months {
  int32_t length;
  int32_t offset;

  int32_t base() const { return FloorDiv(-offset, length); }
  int32_t PeriodOf(int32_t day) const { return FloorDiv(MonthOf(day) - offset, length) - base(); }
  int32_t FirstMonth(int32_t period) const { return (period + base()) * length + offset; }
};

}  // namespace

int32_t DayFromDate(int year, int month, int day_of_month) {
  const absl::CivilDay date(year, month, day_of_month);
  REVOPS_CHECK(date.year() == year && date.month() == month && date.day() == day_of_month);
  return NumberOf(date);
}

std::string FormatDay(int32_t day) {
  const absl::CivilDay date = DateOf(day);
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

absl::StatusOr<int32_t> ParseDay(absl::string_view text) {
  const bool has_shape =
      text.size() == 10 && text[4] == '-' && text[7] == '-' &&
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) == 8;
  int year, month, day_of_month;
  if (has_shape && absl::SimpleAtoi(text.substr(0, 4), &year) &&
      absl::SimpleAtoi(text.substr(5, 2), &month) &&
      absl::SimpleAtoi(text.substr(8, 2), &day_of_month)) {
    const absl::CivilDay date(year, month, day_of_month);
    if (date.month() == month && date.day() == day_of_month) return NumberOf(date);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text.substr(0, 32), "\" is not a day; write year, month and day as in 2024-02-29"));
}

Calendar::Calendar(int fiscal_first_month) : fiscal_first_month_(fiscal_first_month) {
  REVOPS_CHECK(fiscal_first_month >= 1 && fiscal_first_month <= 12);
}

int32_t Calendar::PeriodOf(PeriodKind kind, int32_t day) const {
  const int32_t offset = fiscal_first_month_ - 1;
  switch (kind) {
    case PeriodKind::kDay:
      return day;
    case PeriodKind::kIsoWeek:
      return FloorDiv(day + kMondayToEpoch, 7);
    case PeriodKind::kMonth:
      return MonthOf(day);
    case PeriodKind::kQuarter:
      return Months{3, 0}.PeriodOf(day);
    case PeriodKind::kYear:
      return Months{12, 0}.PeriodOf(day);
    case PeriodKind::kFiscalQuarter:
      return Months{3, offset}.PeriodOf(day);
    case PeriodKind::kFiscalYear:
      return Months{12, offset}.PeriodOf(day);
  }
  REVOPS_CHECK(false);
  return 0;
}

DayRange Calendar::DaysOf(PeriodKind kind, int32_t period) const {
  const auto months = [period](Months months) {
    return DayRange{MonthStart(months.FirstMonth(period)),
                    MonthStart(months.FirstMonth(period + 1))};
  };
  const int32_t offset = fiscal_first_month_ - 1;
  switch (kind) {
    case PeriodKind::kDay:
      return {period, period + 1};
    case PeriodKind::kIsoWeek:
      return {period * 7 - kMondayToEpoch, period * 7 - kMondayToEpoch + 7};
    case PeriodKind::kMonth:
      return months({1, 0});
    case PeriodKind::kQuarter:
      return months({3, 0});
    case PeriodKind::kYear:
      return months({12, 0});
    case PeriodKind::kFiscalQuarter:
      return months({3, offset});
    case PeriodKind::kFiscalYear:
      return months({12, offset});
  }
  REVOPS_CHECK(false);
  return {};
}

std::string Calendar::NameOf(PeriodKind kind, int32_t period) const {
  const DayRange days = DaysOf(kind, period);
  const absl::CivilDay first = DateOf(days.first_day);
  switch (kind) {
    case PeriodKind::kDay:
      return FormatDay(period);
    case PeriodKind::kIsoWeek: {
      // A week belongs to the year of its Thursday.
      const absl::CivilDay thursday = first + 3;
      return absl::StrFormat("%04d-W%02d", thursday.year(), (absl::GetYearDay(thursday) + 6) / 7);
    }
    case PeriodKind::kMonth:
      return absl::StrFormat("%04d-%02d", first.year(), first.month());
    case PeriodKind::kQuarter:
      return absl::StrFormat("%04d-Q%d", first.year(), (first.month() + 2) / 3);
    case PeriodKind::kYear:
      return absl::StrFormat("%04d", first.year());
    case PeriodKind::kFiscalQuarter: {
      const int32_t year = PeriodOf(PeriodKind::kFiscalYear, days.first_day);
      const int32_t start = DaysOf(PeriodKind::kFiscalYear, year).first_day;
      return absl::StrFormat("%s-Q%d", NameOf(PeriodKind::kFiscalYear, year),
                             (MonthOf(days.first_day) - MonthOf(start)) / 3 + 1);
    }
    case PeriodKind::kFiscalYear:
      return absl::StrFormat("FY%04d", DateOf(days.end_day - 1).year());
  }
  REVOPS_CHECK(false);
  return "";
}

}  // namespace revops
