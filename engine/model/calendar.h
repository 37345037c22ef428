// Zones, days and business hours as a model gives them.
//
// Units: instants are microseconds since the epoch; a day is a number of days since 1970-01-01.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "revops/v1/model.pb.h"

namespace revops {

// Errors: kInvalidArgument if no such IANA zone is known here.
absl::StatusOr<absl::TimeZone> ZoneNamed(absl::string_view name);

// "2026-01-01" (its start in `zone`) or RFC 3339 ("2026-01-01T09:30:00Z").
// Errors: kInvalidArgument.
absl::StatusOr<int64_t> ParseInstant(absl::string_view text, const absl::TimeZone& zone);

// "2026-12-25". Errors: kInvalidArgument.
absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text);

// "09:00" -> 540; "24:00" -> 1440. Errors: kInvalidArgument.
absl::StatusOr<int> ParseMinuteOfDay(absl::string_view text);

// When somebody works. Days beyond 20 years from the start are not looked at.
// Thread safety: immutable.
class BusinessHours final {
 public:
  // REQUIRES: the model was checked.
  explicit BusinessHours(const v1::BusinessCalendar& calendar);

  // Business time in [from, to); 0 if to <= from. Units: microseconds.
  int64_t Between(int64_t from, int64_t to) const;

  // The first instant by which `micros` of business time have passed since `from`.
  int64_t After(int64_t from, int64_t micros) const;

 private:
  struct Hours {
    int open;  // minutes of the day
    int close;
  };
  struct Span {
    int64_t begin;
    int64_t end;
  };
  // The working spans of one day, in order.
  std::vector<Span> SpansOf(absl::CivilDay day) const;

  absl::TimeZone zone_;
  std::vector<Hours> hours_[7];           // absl::Weekday -> its hours, in order
  std::vector<absl::CivilDay> holidays_;  // sorted
};

}  // namespace revops
