// Buckets that a percentile can be read from: exact below 128, above it 64 of equal width in each
// power of two, so that the middle of a bucket is at most 0.8 % off any number in it.
//
// A measure for percentiles has one dimension "bucket" whose value is BucketOf(number); cells of
// buckets add up over days, journeys and partitions, which percentiles themselves do not.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

// The smallest number of the bucket that holds `number`, in decimal digits; numbers below 0 count
// as 0. on disk: never change.
std::string BucketOf(int64_t number);

// The middle of the bucket, rounded down. Errors: kInvalidArgument if `bucket` names none.
absl::StatusOr<int64_t> MiddleOf(absl::string_view bucket);

}  // namespace revops
