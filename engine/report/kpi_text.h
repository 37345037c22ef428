// Numbers of KPIs as people read them.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace revops {

// "1,234.50" of a decimal: at most `decimals`, rounded half away from zero; "" stays "".
std::string DecimalText(absl::string_view decimal, int decimals);

// "EUR 1,234.50", "66.7 %", "3.5 days", "2.5 h", "1,234", by the KPI's unit; "" of an unknown
// number is "".
struct KpiNumber {
  absl::string_view decimal;
  absl::string_view unit;      // as KpiSeries.unit
  absl::string_view currency;  // of money
};
std::string KpiText(const KpiNumber& number);

// "+12.5 %" of a change, "+3.0 points" of a ratio's; "" if either is unknown or `before` is 0.
std::string ChangeText(absl::string_view value, absl::string_view before, absl::string_view unit);

}  // namespace revops
