// When people work, and the dates and times of day a model is written with.
//
// Units: instants are microseconds since the epoch; a day is a number of days since 1970-01-01.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/civil.h"
#include "revops/v1/model.pb.h"

namespace revops {

// "2026-01-01" (its start in `zone`) or RFC 3339 ("2026-01-01T09:30:00Z").
// Errors: kInvalidArgument.
absl::StatusOr<int64_t> ParseInstant(absl::string_view text, const Zone& zone);

// "09:00" -> 540; "24:00" -> 1440. Errors: kInvalidArgument.
absl::StatusOr<int> ParseMinuteOfDay(absl::string_view text);

// The working hours of one calendar. Days beyond 20 years from the start are not looked at.
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
  std::vector<Span> SpansOf(int32_t day) const;
  int32_t DayOf(int64_t instant) const;
  int64_t InstantOf(int32_t day, int minute) const;

  absl::TimeZone zone_;
  std::vector<Hours> hours_[7];    // days since a Monday -> its hours, in order
  std::vector<int32_t> holidays_;  // sorted
};

}  // namespace revops
