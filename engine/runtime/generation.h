// A generation: one complete set of views built under one revenue model.
#pragma once

#include <string>

#include "engine/fold/projection.h"
#include "engine/model/model.h"

namespace revops {

// Names everything a fold depends on besides events: the fold part of the model, the registry's
// names and versions, and the time zone data in use. Another fingerprint is another generation.
std::string GenerationFingerprint(const Registry& registry, const RevenueModel& model);

}  // namespace revops
