// Models for tests that need only what they name.
#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "engine/model/model.h"

namespace revops::test {

// Everybody fits, and one demo asked for qualifies.
inline constexpr char kDemoQualifies[] = R"(
    qualification { fit_min: 0 engagement_min: 50 }
    scoring {
      half_life_days: 10 engagement { name: "demo" kind: "demo.requested" points: 60 }
    })";

// 9 to 17 on weekdays, UTC.
inline constexpr char kOfficeHours[] = R"(
    business_calendar {
      name: "office" time_zone: "UTC"
      hours {
        day: [ MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY ] open: "09:00" close: "17:00"
      }
    })";

// In UTC, with one pipeline of the stages "new", "won" and "lost"; `sections` are the rest of the
// fold part. Fails the test if it is no model.
std::shared_ptr<const RevenueModel> SmallModel(absl::string_view sections);

}  // namespace revops::test
