// Gzip as HTTP bodies use it.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

// Errors: kInvalidArgument if it is not gzip or cut off; kResourceExhausted if it holds more than
// `bytes_max` (nothing beyond that is unpacked).
absl::StatusOr<std::string> Gunzip(absl::string_view packed, size_t bytes_max);

}  // namespace revops
