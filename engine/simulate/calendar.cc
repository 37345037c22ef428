#include "engine/simulate/calendar.h"

#include <algorithm>

namespace revops::simulation {
namespace {

constexpr int64_t kOpens = 8 * kHour;
constexpr int64_t kCloses = 16 * kHour;

}  // namespace

int Weekday(Instant instant) { return static_cast<int>((DayOf(instant) + 3) % 7); }

int SeasonPercent(Instant instant) {
  static constexpr int kMonths[] = {92, 103, 118, 104, 102, 110, 78, 62, 116, 118, 115, 82};
  return kMonths[CivilDayOf(instant).month() - 1];
}

Instant WorkingInstant(Instant instant, int64_t shift, Random& random) {
  instant -= shift;
  const int64_t time_of_day = instant % kDay;
  if (IsWorkday(instant) && time_of_day >= kOpens && time_of_day < kCloses) {
    return instant + shift;
  }
  Instant day = StartOfDay(instant);
  if (!IsWorkday(instant) || time_of_day >= kCloses) {
    do {
      day += kDay;
    } while (!IsWorkday(day));
  }
  return day + shift + kOpens + random.Skewed(2 * kMinute, 3 * kHour);
}

Instant AfterWorking(Instant instant, int64_t working, int64_t shift, Random& random) {
  Instant at = WorkingInstant(instant, shift, random) - shift;
  while (true) {
    const int64_t left = StartOfDay(at) + kCloses - at;
    if (working < left) return at + working + shift;
    working -= left;
    do {
      at = StartOfDay(at) + kDay;
    } while (!IsWorkday(at));
    at += kOpens;
  }
}

Instant VisitInstant(Instant day, Random& random) {
  Instant start = StartOfDay(day);
  while (!IsWorkday(start) && random.Percent(85)) start += kDay;
  switch (random.Weighted({66, 24, 10})) {
    case 0:
      return start + random.Between(kOpens, kCloses - 1);
    case 1:
      return start + random.Between(kCloses, 21 * kHour);
    default:
      return start + random.Between(0, kOpens);
  }
}

int64_t SeasonalGap(int64_t gap, Instant now, Random& random) {
  return std::max<int64_t>(kHour, random.Delay(gap, 4 * gap) * 100 / SeasonPercent(now));
}

}  // namespace revops::simulation
