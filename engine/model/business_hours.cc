#include "engine/model/business_hours.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "engine/base/calendar.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr int kDaysMax = 20 * 366;
constexpr int kMinutesADay = 24 * 60;
constexpr absl::CivilDay kDayZero(1970, 1, 1);  // a Thursday

// Days since the Monday before.
int WeekdayOf(int32_t day) { return ((day + 3) % 7 + 7) % 7; }

}  // namespace

absl::StatusOr<int64_t> ParseInstant(absl::string_view text, const Zone& zone) {
  if (const auto day = ParseDay(text); day.ok()) return zone.DayStart(*day);
  absl::Time time;
  std::string error;
  const absl::Duration bound = absl::Hours(24 * 366 * 200);
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
      time < absl::UnixEpoch() - bound || time > absl::UnixEpoch() + bound) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is no instant; write a day, \"2026-01-01\", or an instant, "
                     "\"2026-01-01T09:30:00Z\""));
  }
  return absl::ToUnixMicros(time);
}

absl::StatusOr<int> ParseMinuteOfDay(absl::string_view text) {
  int hour;
  int minute;
  if (text.size() != 5 || text[2] != ':' || !absl::SimpleAtoi(text.substr(0, 2), &hour) ||
      !absl::SimpleAtoi(text.substr(3), &minute) || hour < 0 || minute < 0 || minute > 59 ||
      hour * 60 + minute > kMinutesADay) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no time of day; write it as \"09:00\""));
  }
  return hour * 60 + minute;
}

BusinessHours::BusinessHours(const v1::BusinessCalendar& calendar) {
  REVOPS_CHECK(absl::LoadTimeZone(calendar.time_zone(), &zone_));
  for (const auto& hours : calendar.hours()) {
    const auto open = ParseMinuteOfDay(hours.open());
    const auto close = ParseMinuteOfDay(hours.close());
    REVOPS_CHECK(open.ok() && close.ok());
    for (const int day : hours.day()) hours_[day - v1::MONDAY].push_back({*open, *close});
  }
  for (auto& day : hours_) {
    std::sort(day.begin(), day.end(),
              [](const Hours& a, const Hours& b) { return a.open < b.open; });
  }
  for (const auto& text : calendar.holiday()) {
    const auto day = ParseDay(text);
    REVOPS_CHECK(day.ok());
    holidays_.push_back(*day);
  }
  std::sort(holidays_.begin(), holidays_.end());
}

int32_t BusinessHours::DayOf(int64_t instant) const {
  return static_cast<int32_t>(absl::ToCivilDay(absl::FromUnixMicros(instant), zone_) - kDayZero);
}

int64_t BusinessHours::InstantOf(int32_t day, int minute) const {
  return absl::ToUnixMicros(absl::FromCivil(absl::CivilMinute(kDayZero + day) + minute, zone_));
}

std::vector<BusinessHours::Span> BusinessHours::SpansOf(int32_t day) const {
  std::vector<Span> spans;
  if (std::binary_search(holidays_.begin(), holidays_.end(), day)) return spans;
  for (const auto& hours : hours_[WeekdayOf(day)]) {
    spans.push_back({InstantOf(day, hours.open), InstantOf(day, hours.close)});
  }
  return spans;
}

int64_t BusinessHours::Between(int64_t from, int64_t to) const {
  int64_t sum = 0;
  const int32_t first = DayOf(from);
  for (int32_t day = first; day < first + kDaysMax && InstantOf(day, 0) < to; ++day) {
    for (const auto& span : SpansOf(day)) {
      sum += std::max<int64_t>(0, std::min(span.end, to) - std::max(span.begin, from));
    }
  }
  return sum;
}

int64_t BusinessHours::After(int64_t from, int64_t micros) const {
  int64_t last = from;
  const int32_t first = DayOf(from);
  for (int32_t day = first; day < first + kDaysMax; ++day) {
    for (const auto& span : SpansOf(day)) {
      const int64_t begin = std::max(span.begin, from);
      if (begin >= span.end) continue;
      if (micros <= span.end - begin) return begin + micros;
      micros -= span.end - begin;
      last = span.end;
    }
  }
  return last;
}

}  // namespace revops
