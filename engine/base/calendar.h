// Days, and the periods that are unions of days: ISO weeks, months, quarters, fiscal periods.
//
// Pure arithmetic on the proleptic Gregorian calendar, no time zone: engine/base/civil.h says which
// day an instant belongs to. A day is its distance from 1970-01-01, in days.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

// The day of a date.
// REQUIRES: the date exists.
int32_t DayFromDate(int year, int month, int day_of_month);

// "2024-02-29". Years -9999..9999 are what ParseDay takes back.
std::string FormatDay(int32_t day);

// Errors: kInvalidArgument unless the text is YYYY-MM-DD and the date exists.
absl::StatusOr<int32_t> ParseDay(absl::string_view text);

// on disk: never change, never reuse.
enum class PeriodKind : uint8_t {
  kDay = 0,
  kIsoWeek = 1,  // Monday to Sunday
  kMonth = 2,
  kQuarter = 3,
  kYear = 4,
  kFiscalQuarter = 5,
  kFiscalYear = 6,
};

// Half-open: first_day .. end_day - 1.
struct DayRange {
  int32_t first_day = 0;
  int32_t end_day = 0;

  int32_t days() const { return end_day - first_day; }
  bool contains(int32_t day) const { return first_day <= day && day < end_day; }
};

// A company's calendar: where its fiscal year starts.
class Calendar final {
 public:
  // REQUIRES: 1 <= fiscal_first_month <= 12; 1 is the calendar year.
  explicit Calendar(int fiscal_first_month = 1);

  // The number of the period that holds a day. Consecutive periods have consecutive numbers; the
  // one that holds 1970-01-01 is 0. on disk: never change.
  int32_t PeriodOf(PeriodKind kind, int32_t day) const;

  // The days of a period, by its number.
  DayRange DaysOf(PeriodKind kind, int32_t period) const;

  // How people write a period: 2024-02-29, 2024-W09, 2024-02, 2024-Q1, 2024, FY2024-Q1, FY2024.
  // A fiscal year bears the number of the calendar year in which it ends. Source of weeks: ISO 8601
  // (week 1 holds the year's first Thursday).
  std::string NameOf(PeriodKind kind, int32_t period) const;

 private:
  int fiscal_first_month_;
};

}  // namespace revops
