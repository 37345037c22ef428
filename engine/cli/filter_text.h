// Filters as people write them on a command line.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "revops/v1/service.pb.h"

namespace revops {

// "amount.currency=EUR", "score>=50", "name~acme", "owner is not set". Space around the operator
// does not count; the value is taken as it is otherwise.
// Errors: kInvalidArgument, with the operators there are.
absl::StatusOr<v1::Filter> ParseFilter(absl::string_view text);

}  // namespace revops
