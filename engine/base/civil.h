// Local days of a named time zone, across daylight saving and the odd day a country skipped.
//
// Measures count on days of one reporting time zone; sources give some events by day only. Both
// need the same answer to "which day is this instant" and "when does this day start".
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace revops {

inline constexpr int64_t kMicrosPerDay = 86'400'000'000;

// A time zone of the IANA database. Days are numbered from 1970-01-01 = 0, negative before
// (engine/base/calendar.h names them).
//
// The days of a zone cut time into half-open ranges without gap or overlap: a day starts at the
// first instant at which local clocks show it, and once it has started the day before does not come
// back, even where clocks are set back over midnight. A day that a zone skipped is empty.
class Zone final {
 public:
  // Loads a zone by its IANA name, such as "Europe/Berlin" or "UTC".
  // Errors: kInvalidArgument if the name is not one of the database's, or would depend on the
  // machine ("localtime", a path).
  static absl::StatusOr<Zone> Load(absl::string_view name);

  static Zone Utc() { return Zone("UTC", absl::UTCTimeZone()); }

  const std::string& name() const { return name_; }

  // The local day at an instant. Units: microseconds since the epoch.
  int32_t DayOf(int64_t instant_micros) const;

  // The first instant of a local day; DayStart(day + 1) is its end.
  int64_t DayStart(int32_t day) const;

 private:
  Zone(std::string name, absl::TimeZone zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_;
  absl::TimeZone zone_;
};

// The version of the machine's time zone database, such as "2024a": part of what a generation was
// built with. "unknown" where the database does not say.
std::string TzdataVersion();

// The same for a database in `folder`: its tzdata.zi or +VERSION.
std::string TzdataVersionIn(absl::string_view folder);

}  // namespace revops
