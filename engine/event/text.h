// What counts as text in ids, names and keys.
#pragma once

#include "absl/strings/string_view.h"

namespace revops {

// Well-formed UTF-8 without control characters (so without NUL: stored keys end with one).
bool IsPlainText(absl::string_view text);

}  // namespace revops
