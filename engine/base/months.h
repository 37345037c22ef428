// Spans of whole months between two days.
#pragma once

#include <cstdint>

namespace revops {

// Whether `months` or more lie between the days, which are counted since 1970-01-01. Where the last
// month has no such day, it is over as many days into the next: one month after 31 January 2023 is
// 3 March.
bool MonthsApart(int32_t earlier, int32_t later, int months);

}  // namespace revops
