#include "engine/model/calendar.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr int kDaysMax = 20 * 366;
constexpr int kMinutesADay = 24 * 60;

int64_t MicrosOf(absl::CivilDay day, int minute, const absl::TimeZone& zone) {
  return absl::ToUnixMicros(absl::FromCivil(absl::CivilMinute(day) + minute, zone));
}

// v1::MONDAY is 1; absl::Weekday::monday is 0.
int IndexOf(v1::Weekday day) { return static_cast<int>(day) - 1; }

}  // namespace

absl::StatusOr<absl::TimeZone> ZoneNamed(absl::string_view name) {
  absl::TimeZone zone;
  if (name.empty() || !absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name,
                     "\" is no time zone known here; give an IANA name such as "
                     "\"Europe/Berlin\" or \"UTC\""));
  }
  return zone;
}

absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  int year;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day) ||
      !absl::SimpleAtoi(text.substr(0, 4), &year) || absl::FormatCivilTime(day) != text) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no day; write it as \"2026-12-25\""));
  }
  return day;
}

absl::StatusOr<int64_t> ParseInstant(absl::string_view text, const absl::TimeZone& zone) {
  if (text.size() == 10) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDay(text));
    return absl::ToUnixMicros(absl::FromCivil(day, zone));
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
      time < absl::UnixEpoch() - absl::Hours(24 * 366 * 200) ||
      time > absl::UnixEpoch() + absl::Hours(24 * 366 * 200)) {
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
  auto zone = ZoneNamed(calendar.time_zone());
  REVOPS_CHECK(zone.ok());
  zone_ = *zone;
  for (const auto& hours : calendar.hours()) {
    auto open = ParseMinuteOfDay(hours.open());
    auto close = ParseMinuteOfDay(hours.close());
    REVOPS_CHECK(open.ok() && close.ok());
    for (int day : hours.day()) {
      hours_[IndexOf(static_cast<v1::Weekday>(day))].push_back({*open, *close});
    }
  }
  for (auto& day : hours_) {
    std::sort(day.begin(), day.end(),
              [](const Hours& a, const Hours& b) { return a.open < b.open; });
  }
  for (const auto& text : calendar.holiday()) {
    auto day = ParseDay(text);
    REVOPS_CHECK(day.ok());
    holidays_.push_back(*day);
  }
  std::sort(holidays_.begin(), holidays_.end());
}

std::vector<BusinessHours::Span> BusinessHours::SpansOf(absl::CivilDay day) const {
  std::vector<Span> spans;
  if (std::binary_search(holidays_.begin(), holidays_.end(), day)) return spans;
  for (const auto& hours : hours_[static_cast<int>(absl::GetWeekday(day))]) {
    spans.push_back({MicrosOf(day, hours.open, zone_), MicrosOf(day, hours.close, zone_)});
  }
  return spans;
}

int64_t BusinessHours::Between(int64_t from, int64_t to) const {
  int64_t sum = 0;
  absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(from), zone_);
  for (int i = 0; i < kDaysMax; ++i, ++day) {
    if (MicrosOf(day, 0, zone_) >= to) break;
    for (const auto& span : SpansOf(day)) {
      sum += std::max<int64_t>(0, std::min(span.end, to) - std::max(span.begin, from));
    }
  }
  return sum;
}

int64_t BusinessHours::After(int64_t from, int64_t micros) const {
  absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(from), zone_);
  int64_t last = from;
  for (int i = 0; i < kDaysMax; ++i, ++day) {
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
