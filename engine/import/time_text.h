// Times of a file as microseconds.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// Reads what Mapping.Time describes.
class TimeText final {
 public:
  // Errors: kInvalidArgument if there is no format, one cannot be read back, or the zone is not
  // known.
  static absl::StatusOr<TimeText> Compile(const v1::Mapping::Time& time,
                                          const std::string& mapping_zone);

  // Microseconds since the epoch; of the start of the day or month, by the precision.
  // Errors: kInvalidArgument if no format fits or the year is not within 1900..2200.
  absl::StatusOr<int64_t> Parse(absl::string_view text) const;

  v1::Precision precision() const { return time_.precision(); }
  // Empty for UTC.
  const std::string& zone() const { return zone_name_; }

 private:
  v1::Mapping::Time time_;
  std::string zone_name_;
  absl::TimeZone zone_;
};

}  // namespace revops
