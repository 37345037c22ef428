// Decimal text as exact integers: how money and numbers of a file are read. Nothing here is a
// floating point number.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/int128.h"

namespace revops {

struct DecimalForm {
  int decimals = 0;  // the result is the value times 10^decimals; 0..18
  char decimal_mark = '.';
  char group_mark = '\0';  // between groups of three digits; NUL: none is allowed
};

// "-1,234.50", "12", ".5", "1.2e3" times 10^decimals. Digits beyond `decimals` must be zero.
// Errors: kInvalidArgument if it is no such number, needs more decimals, or leaves 38 digits.
absl::StatusOr<int128> ParseDecimal(absl::string_view text, const DecimalForm& form);

}  // namespace revops
