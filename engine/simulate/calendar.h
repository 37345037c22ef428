// The calendar of the simulation: proleptic Gregorian, in UTC, by integers. When people visit, when
// our staff works, how busy a season is.
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"
#include "engine/simulate/random.h"

namespace revops::simulation {

// Microseconds since 1970-01-01T00:00:00Z.
using Instant = int64_t;

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;

inline absl::CivilDay CivilDayOf(Instant instant) {
  return absl::CivilDay(1970, 1, 1) + instant / kDay;
}
inline Instant StartOf(absl::CivilDay day) { return (day - absl::CivilDay(1970, 1, 1)) * kDay; }
inline int64_t DayOf(Instant instant) { return instant / kDay; }
inline Instant StartOfDay(Instant instant) { return DayOf(instant) * kDay; }

// What a source that knows only the day sends: noon, which lies in that day in every zone of ours.
inline Instant DayOnly(Instant instant) { return StartOfDay(instant) + 12 * kHour; }

// 0 is Monday, 6 Sunday.
int Weekday(Instant instant);
inline bool IsWorkday(Instant instant) { return Weekday(instant) < 5; }

// How busy the market is in the instant's month; 100 is an average month.
int SeasonPercent(Instant instant);

// The first instant at or after `instant` that lies in working hours (Monday to Friday, 8:00 to
// 16:00 UTC, later by `shift` in markets further west), a little after the hours open if it has to
// wait for them.
Instant WorkingInstant(Instant instant, int64_t shift, Random& random);

// `instant` plus `working` time, of which only working hours count.
Instant AfterWorking(Instant instant, int64_t working, int64_t shift, Random& random);

// An instant of the day of `day` when people of companies browse: two thirds in working hours.
// Weekends send most visitors to the Monday after.
Instant VisitInstant(Instant day, Random& random);

// The gap to a visitor's next visit: about `gap`, longer in quiet seasons.
int64_t SeasonalGap(int64_t gap, Instant now, Random& random);

}  // namespace revops::simulation
