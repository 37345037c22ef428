// A report as text for a terminal.
#pragma once

#include <ostream>

#include "engine/report/report.h"

namespace revops {

// Sections one after the other: figures, bars drawn with characters, tables, and under each the
// commands that explain its numbers. `width`: columns of the screen; 0: 100.
void WriteReportText(const Report& report, int width, std::ostream& out);

}  // namespace revops
