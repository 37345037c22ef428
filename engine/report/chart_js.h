// Chart.js as Debian ships it, compiled in, so that a report is one file.
#pragma once

#include "absl/strings/string_view.h"

namespace revops {

absl::string_view ChartJs();

}  // namespace revops
