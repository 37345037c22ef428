#include "engine/view/cell_cache.h"

#include "engine/base/status.h"
#include "engine/view/keys.h"

namespace revops {
absl::StatusOr<int128> CellCache::Get(const std::string& cell_key, const ViewReader& store) {
  const auto known = values_.find(cell_key);
  if (known != values_.end()) return known->second;
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store.Get(keys::Cell(cell_key), bytes));
  if (!found) return int128{0};
  if (bytes.size() != 16) return absl::DataLossError("a cell is damaged; rebuild the view store");
  return static_cast<int128>(ReadUint128(bytes.data()));
}

void CellCache::Set(const std::string& cell_key, int128 value) {
  constexpr int64_t kOverhead = 80;
  if (bytes_ >= bytes_max_) {
    values_.clear();
    bytes_ = 0;
  }
  const auto [at, fresh] = values_.try_emplace(cell_key);
  at->second = value;
  if (fresh) bytes_ += kOverhead + static_cast<int64_t>(cell_key.size());
}

}  // namespace revops
