#include "engine/view/checkpoints.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// checkpoint := items count row*;  row := projection entity(bytes) row(bytes)
// on disk: never change.
std::string Encode(const Checkpoint& checkpoint) {
  std::string out;
  PutVarint(checkpoint.items, out);
  PutVarint(checkpoint.rows.size(), out);
  for (const RowSet::Row& row : checkpoint.rows) {
    out.push_back(static_cast<char>(row.key.projection));
    PutBytes(row.key.entity, out);
    PutBytes(row.bytes, out);
  }
  return out;
}

absl::StatusOr<Checkpoint> Decode(absl::string_view bytes) {
  const auto text = [](absl::string_view view) { return std::string(view.data(), view.size()); };
  Checkpoint checkpoint;
  WireReader in(bytes);
  checkpoint.items = in.Varint();
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) {
    RowSet::Row row;
    row.key.projection = in.Byte();
    row.key.entity = text(in.Bytes());
    row.bytes = text(in.Bytes());
    checkpoint.rows.push_back(std::move(row));
  }
  if (!in.ok()) {
    return absl::DataLossError("a checkpoint is damaged; rebuild the view store from the log");
  }
  return checkpoint;
}

// The one whose loss widens a gap least, against its distance from the end; never the newest.
size_t Expendable(const std::vector<std::pair<std::string, uint64_t>>& kept, uint64_t items) {
  size_t victim = 0;
  // widths are compared as fractions gap / distance, cross-multiplied
  uint64_t victim_gap = 0, victim_distance = 1;
  for (size_t i = 0; i + 1 < kept.size(); ++i) {
    const uint64_t gap = kept[i + 1].second - (i == 0 ? 0 : kept[i - 1].second);
    const uint64_t distance = items > kept[i].second ? items - kept[i].second : 1;
    if (i > 0 && gap * victim_distance >= victim_gap * distance) continue;
    victim = i;
    victim_gap = gap;
    victim_distance = distance;
  }
  return victim;
}

}  // namespace

absl::StatusOr<absl::optional<Checkpoint>> LatestCheckpoint(const ViewReader& store, uint128 root16,
                                                            absl::string_view item_key) {
  const std::string prefix = keys::Checkpoints(root16);
  std::string key, bytes;
  ASSIGN_OR_RETURN(const bool found,
                   store.Floor(prefix, keys::Checkpoint(root16, item_key), key, bytes));
  if (!found) return absl::optional<Checkpoint>();
  ASSIGN_OR_RETURN(Checkpoint checkpoint, Decode(bytes));
  checkpoint.item_key = key.substr(prefix.size());
  return absl::optional<Checkpoint>(std::move(checkpoint));
}

absl::Status UpdateCheckpoints(const ViewReader& store, uint128 root16,
                               absl::string_view common_key,
                               const absl::optional<Checkpoint>& taken, uint64_t items,
                               ViewBatch& writes) {
  const std::string prefix = keys::Checkpoints(root16);
  std::vector<std::pair<std::string, uint64_t>> kept;  // key -> items
  RETURN_IF_ERROR(store.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
    if (key.substr(prefix.size()) > common_key) {
      writes.Delete(std::string(key.data(), key.size()));
    } else {
      kept.emplace_back(std::string(key.data(), key.size()), WireReader(value).Varint());
    }
    return true;
  }));
  if (!taken.has_value()) return absl::OkStatus();
  const std::string key = keys::Checkpoint(root16, taken->item_key);
  if (kept.empty() || kept.back().first != key) kept.emplace_back(key, taken->items);
  writes.Put(key, Encode(*taken));
  while (kept.size() > kCheckpointsMax) {
    const size_t victim = Expendable(kept, items);
    writes.Delete(kept[victim].first);
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(victim));
  }
  return absl::OkStatus();
}

}  // namespace revops
