// A report as one HTML file that needs nothing else: no network, no other file.
//
// Charts are drawn by Chart.js, which is part of the file; without scripts every number is still in
// a table. Each number opens to the command that explains it.
#pragma once

#include <string>

#include "engine/report/report.h"

namespace revops {

std::string ReportHtml(const Report& report);

}  // namespace revops
