#include "engine/base/civil.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"

namespace revops {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

// Names that the library resolves by the machine, or by rules outside the database.
bool IsDatabaseName(absl::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_allowed) &&
         name.front() != '/' && name != "localtime" && !absl::ConsumePrefix(&name, "Fixed/");
}

absl::Time StartOf(int32_t day, const absl::TimeZone& zone) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(kEpoch + day));
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

}  // namespace

absl::StatusOr<Zone> Zone::Load(absl::string_view name) {
  absl::TimeZone zone;
  if (!IsDatabaseName(name) || !absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "time zone \"", name.substr(0, 64), "\" is not in this machine's time zone database (",
        TzdataVersion(), "); use an IANA name such as Europe/Berlin, or install tzdata"));
  }
  return Zone(std::string(name), zone);
}

int32_t Zone::DayOf(int64_t instant_micros) const {
  const absl::Time instant = absl::FromUnixMicros(instant_micros);
  const absl::CivilDay local(zone_.At(instant).cs);
  const int64_t day = local - kEpoch;
  // An int64 of microseconds reaches 292,000 years: about 107 million days.
  int32_t result = static_cast<int32_t>(day);
  // Clocks set back over midnight show the day before once more; the new day has started already.
  while (StartOf(result + 1, zone_) <= instant) ++result;
  return result;
}

int64_t Zone::DayStart(int32_t day) const { return absl::ToUnixMicros(StartOf(day, zone_)); }

std::string TzdataVersion() {
  const char* folder = std::getenv("TZDIR");
  return TzdataVersionIn(folder != nullptr ? folder : "/usr/share/zoneinfo");
}

std::string TzdataVersionIn(absl::string_view folder) {
  std::string line;
  if (std::ifstream file(absl::StrCat(folder, "/tzdata.zi")); std::getline(file, line)) {
    absl::string_view version = line;
    if (absl::ConsumePrefix(&version, "# version ")) return std::string(version);
  }
  if (std::ifstream file(absl::StrCat(folder, "/+VERSION")); std::getline(file, line)) return line;
  return "unknown";
}

}  // namespace revops
