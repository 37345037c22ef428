// Whether a parsed revenue model makes sense: every mistake of meaning, with its line and remedy.
#pragma once

#include "engine/model/model_text.h"

namespace revops {

// Errors: kInvalidArgument, one line a mistake.
absl::Status CheckModel(const ModelText& text);

}  // namespace revops
