// Cells of one store that were read or written lately, kept decoded.
// Thread safety: none.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "engine/base/int128.h"
#include "engine/view/view_store.h"

namespace revops {

class CellCache {
 public:
  // Units: approximate bytes held.
  explicit CellCache(int64_t bytes_max) : bytes_max_(bytes_max) {}

  // The cell's value; 0 if it is absent.
  // Errors: kDataLoss, kUnavailable.
  absl::StatusOr<int128> Get(const std::string& cell_key, const ViewReader& store);
  void Set(const std::string& cell_key, int128 value);

 private:
  const int64_t bytes_max_;
  int64_t bytes_ = 0;
  absl::flat_hash_map<std::string, int128> values_;  // cell key -> value
};

}  // namespace revops
