#include "engine/query/stored_journey.h"

#include <memory>

#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/view/keys.h"

namespace revops {

absl::StatusOr<bool> StoredJourney::Load(const ViewReader& store, uint128 root16) {
  store_ = &store;
  root16_ = root16;
  ASSIGN_OR_RETURN(const bool found, store.Get(keys::Head(root16), bytes_));
  if (!found) return false;
  ASSIGN_OR_RETURN(head_, ViewHead(bytes_));
  return true;
}

absl::StatusOr<bool> StoredJourney::FindRow(uint8_t projection, absl::string_view entity,
                                            std::string& row) const {
  if (head_.paged) {
    return store_->Get(keys::Row(root16_, {projection, std::string(entity)}), row);
  }
  absl::string_view inlined;
  if (!head_.FindRow(projection, entity, inlined)) return false;
  row.assign(inlined.data(), inlined.size());
  return true;
}

absl::StatusOr<bool> StoredJourney::HasRows(uint8_t projection) const {
  if (head_.paged) {
    const std::string prefix = keys::Row(root16_, {projection, ""});
    const std::unique_ptr<ViewCursor> at = store_->Walk(prefix, "", WalkOrder::kAscending);
    if (!at->valid()) RETURN_IF_ERROR(at->status());
    return at->valid();
  }
  WireReader in(head_.rows);
  while (!in.done()) {
    if (in.Byte() == projection) return true;
    in.Bytes();
    in.Bytes();
  }
  return false;
}

}  // namespace revops
