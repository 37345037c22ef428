// What the ask part of a model must hold to make sense.
#pragma once

#include "engine/model/model_text.h"

namespace revops {

// KPIs: names, formulas, and what they name of each other. Whether a measure exists is not known
// here; engine/query/kpi_check.h knows.
void CheckAsk(const Place& place, const v1::AskPart& ask);

}  // namespace revops
