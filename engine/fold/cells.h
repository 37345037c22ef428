// Cells: one additive number per (measure, grouping set, day, dimension values).
//
// Being sums of integers they can be taken back exactly, in any order. A zero cell is absent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/int128.h"
#include "engine/fold/projection.h"

namespace revops {

// cell_key := measure(bytes) set(1 byte) day(ordered, 8 bytes) dimension(bytes)*
// on disk: never change.
std::string CellKey(const Measure& measure, int set, int32_t day,
                    absl::Span<const absl::string_view> dims);

// A cell's key, taken apart. Lifetime of the views: that of the key.
struct CellName {
  absl::string_view measure;
  int set = 0;
  int32_t day = 0;
  std::vector<absl::string_view> dims;  // of the grouping set, in its order
};
// Errors: kDataLoss.
absl::StatusOr<CellName> ParseCellKey(absl::string_view key);

// What a batch adds to cells. cell key -> sum.
class CellDeltas {
 public:
  // Adds `delta` to one cell per grouping set of `measure`.
  void Count(const Measure& measure, int32_t day, absl::Span<const absl::string_view> dims,
             int128 delta);
  const absl::flat_hash_map<std::string, int128>& sums() const { return sums_; }
  void Clear() { sums_.clear(); }

 private:
  absl::flat_hash_map<std::string, int128> sums_;
};

}  // namespace revops
