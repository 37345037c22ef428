// A position: the next offset per partition of `touchpoints`; as opaque text, a consistency token.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

struct Position {
  uint64_t log = 0;  // Hash64 of the log's identity: a position means nothing elsewhere
  std::vector<uint64_t> offsets;  // partition -> next offset; 0: nothing of it is meant

  // Whether every offset has been reached by `other`.
  bool IsCoveredBy(const Position& other) const;
};

// token := websafe base64 of: version(1) log(8 bytes) count offset*
std::string ToToken(const Position& position);
// Errors: kInvalidArgument.
absl::StatusOr<Position> ParseToken(absl::string_view token);

}  // namespace revops
