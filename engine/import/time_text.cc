#include "engine/import/time_text.h"

#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/civil.h"
#include "engine/base/status.h"
#include "engine/import/decimal.h"

namespace revops {
namespace {

constexpr int kYearMin = 1900;
constexpr int kYearMax = 2200;

// Decimals of a second that the unit counts; nullopt: not one of the epoch words.
std::optional<int> EpochDecimals(absl::string_view format) {
  if (format == "EPOCH_S") return 6;
  if (format == "EPOCH_MS") return 3;
  if (format == "EPOCH_US") return 0;
  return std::nullopt;
}

std::optional<absl::Time> ParseOne(absl::string_view text, const std::string& format,
                                   const absl::TimeZone& zone) {
  if (const std::optional<int> decimals = EpochDecimals(format)) {
    const absl::StatusOr<int128> micros = ParseDecimal(text, {.decimals = *decimals});
    if (!micros.ok() || *micros > std::numeric_limits<int64_t>::max() ||
        *micros < std::numeric_limits<int64_t>::min()) {
      return std::nullopt;
    }
    return absl::FromUnixMicros(static_cast<int64_t>(*micros));
  }
  absl::Time time;
  std::string error;
  const std::string& pattern = format == "RFC3339" ? absl::RFC3339_full : format;
  if (!absl::ParseTime(pattern, text, zone, &time, &error)) return std::nullopt;
  return time;
}

}  // namespace

absl::StatusOr<TimeText> TimeText::Compile(const v1::Mapping::Time& time,
                                           const std::string& mapping_zone) {
  TimeText compiled;
  compiled.time_ = time;
  const std::string& zone = time.zone().empty() ? mapping_zone : time.zone();
  if (!zone.empty() && zone != "UTC") compiled.zone_name_ = zone;
  const std::string name = zone.empty() ? "UTC" : zone;
  RETURN_IF_ERROR(Zone::Load(name).status());
  REVOPS_CHECK(absl::LoadTimeZone(name, &compiled.zone_));
  if (time.format().empty()) {
    return absl::InvalidArgumentError(
        "time.format is missing; write RFC3339, EPOCH_MS or a form such as \"%Y-%m-%d\"");
  }
  const absl::Time sample = absl::FromUnixSeconds(1'500'000'000);
  for (const std::string& format : time.format()) {
    if (format == "RFC3339" || EpochDecimals(format).has_value()) continue;
    const std::string text = absl::FormatTime(format, sample, compiled.zone_);
    if (format.find('%') == std::string::npos || !ParseOne(text, format, compiled.zone_)) {
      return absl::InvalidArgumentError(
          absl::StrCat("time.format \"", format,
                       "\" cannot be read; write RFC3339, EPOCH_S, EPOCH_MS, EPOCH_US or a form "
                       "such as \"%Y-%m-%d %H:%M:%S\""));
    }
  }
  return compiled;
}

absl::StatusOr<int64_t> TimeText::Parse(absl::string_view text) const {
  for (const std::string& format : time_.format()) {
    std::optional<absl::Time> time = ParseOne(text, format, zone_);
    if (!time.has_value() || *time == absl::InfiniteFuture() || *time == absl::InfinitePast()) {
      continue;
    }
    const absl::CivilSecond civil = absl::ToCivilSecond(*time, zone_);
    if (civil.year() < kYearMin || civil.year() > kYearMax) {
      return absl::InvalidArgumentError(absl::StrCat("\"", text.substr(0, 64),
                                                     "\" lies outside the years ", kYearMin, "-",
                                                     kYearMax, "; correct it"));
    }
    if (time_.precision() == v1::DAY) time = absl::FromCivil(absl::CivilDay(civil), zone_);
    if (time_.precision() == v1::MONTH) time = absl::FromCivil(absl::CivilMonth(civil), zone_);
    return absl::ToUnixMicros(*time);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text.substr(0, 64), "\" is no time of the form ", absl::StrJoin(time_.format(), " or "),
      "; correct it or add its form to time.format"));
}

}  // namespace revops
