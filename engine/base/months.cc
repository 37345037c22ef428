#include "engine/base/months.h"

#include "absl/time/civil_time.h"

namespace revops {

bool MonthsApart(int32_t earlier, int32_t later, int months) {
  const absl::CivilDay from = absl::CivilDay(1970, 1, 1) + earlier;
  const absl::CivilDay to = absl::CivilDay(1970, 1, 1) + later;
  return absl::CivilDay(absl::CivilMonth(from) + months) + (from.day() - 1) <= to;
}

}  // namespace revops
