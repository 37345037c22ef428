// The text of default_model.textproto, compiled in.
#pragma once

#include "absl/strings/string_view.h"

namespace revops {

extern const absl::string_view kDefaultModelText;

}  // namespace revops
