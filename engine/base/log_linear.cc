#include "engine/base/log_linear.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace revops {
namespace {

constexpr int kExactBits = 7;

// Of a bucket that holds `number`: 2^shift numbers.
int ShiftOf(int64_t number) {
  int shift = 0;
  while ((number >> shift) >= (int64_t{1} << kExactBits)) ++shift;
  return shift;
}

}  // namespace

std::string BucketOf(int64_t number) {
  number = std::max<int64_t>(number, 0);
  const int shift = ShiftOf(number);
  return absl::StrCat((number >> shift) << shift);
}

absl::StatusOr<int64_t> MiddleOf(absl::string_view bucket) {
  int64_t lowest = 0;
  if (!absl::SimpleAtoi(bucket, &lowest) || BucketOf(lowest) != bucket) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", bucket, "\" names no bucket; give the smallest number of one"));
  }
  return lowest + ((int64_t{1} << ShiftOf(lowest)) - 1) / 2;
}

}  // namespace revops
