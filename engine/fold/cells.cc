#include "engine/fold/cells.h"

#include "engine/base/status.h"
#include "engine/base/wire.h"

namespace revops {

std::string CellKey(const Measure& measure, int set, int32_t day,
                    absl::Span<const absl::string_view> dims) {
  std::string key;
  PutBytes(measure.name, key);
  key.push_back(static_cast<char>(set));
  PutOrdered64(day, key);
  for (const int index : measure.grouping_sets[set]) PutBytes(dims[index], key);
  return key;
}

absl::StatusOr<CellName> ParseCellKey(absl::string_view key) {
  CellName name;
  WireReader in(key);
  name.measure = in.Bytes();
  name.set = in.Byte();
  const absl::string_view day = in.Raw(8);
  if (in.ok()) name.day = static_cast<int32_t>(ReadOrdered64(day.data()));
  name.dims.reserve(4);
  while (in.ok() && !in.done()) name.dims.push_back(in.Bytes());
  if (!in.ok()) return absl::DataLossError("a cell key is damaged; rebuild the view store");
  return name;
}

void CellDeltas::Count(const Measure& measure, int32_t day,
                       absl::Span<const absl::string_view> dims, int128 delta) {
  REVOPS_CHECK(dims.size() == measure.dimensions.size());
  if (delta == 0) return;
  for (size_t set = 0; set < measure.grouping_sets.size(); ++set) {
    sums_[CellKey(measure, static_cast<int>(set), day, dims)] += delta;
  }
}

}  // namespace revops
