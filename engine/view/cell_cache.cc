#include "engine/view/cell_cache.h"

#include "engine/base/status.h"
#include "engine/view/keys.h"

namespace revops {
namespace {
constexpr size_t kCachedCellsMax = 1 << 20;
}  // namespace

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
  if (values_.size() >= kCachedCellsMax) values_.clear();
  values_[cell_key] = value;
}

}  // namespace revops
