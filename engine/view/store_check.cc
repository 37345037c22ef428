#include "engine/view/store_check.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/fold/cells.h"
#include "engine/view/digest.h"
#include "engine/view/journey_head.h"
#include "engine/view/keys.h"
#include "engine/view/stored_journal.h"

namespace revops {
namespace {

absl::Status SumRow(const JourneyHead& head, const RowKey& key, absl::string_view bytes,
                    const Registry& registry, StoreSums& sums) {
  if (key.projection != kDeadLetters && key.projection >= registry.size()) {
    return absl::DataLossError(absl::StrCat("a row of ", ToText(head.root),
                                            " belongs to no view; rebuild the view store"));
  }
  sums.digest +=
      digest::Row(digest::ViewName(registry, key.projection), head.root, key.entity, bytes);
  ++sums.rows;
  if (key.projection == kDeadLetters) ++sums.dead_letters;
  return absl::OkStatus();
}

absl::Status SumJourney(const ViewReader& store, const JourneyHead& head, const Registry& registry,
                        StoreSums& sums) {
  const uint128 root16 = Root16(head.root);
  ++sums.journeys;
  sums.deferred += head.deferred;
  ASSIGN_OR_RETURN(const StoredJournal journal, LoadJournal(store, root16, head.tail));
  for (const Entry& entry : journal.entries) {
    sums.copies += entry.copies.size();
    sums.digest += digest::JournalEntry(head.root, entry);
  }
  for (const RowSet::Row& row : head.rows) {
    RETURN_IF_ERROR(SumRow(head, row.key, row.bytes, registry, sums));
  }
  if (!head.paged) return absl::OkStatus();
  absl::Status status;
  const std::string prefix = keys::Rows(root16);
  RETURN_IF_ERROR(store.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
    key.remove_prefix(prefix.size());
    const RowKey row{static_cast<uint8_t>(key[0]), std::string(key.substr(1))};
    status = SumRow(head, row, value, registry, sums);
    return status.ok();
  }));
  return status;
}

// X projection list sort_key root16 entity -> length of sort_key; the root is the head's.
absl::Status SumListItem(const ViewReader& store, absl::string_view key, absl::string_view value,
                         const Registry& registry, StoreSums& sums) {
  WireReader in(value);
  const uint64_t length = in.Varint();
  const auto projection = static_cast<uint8_t>(key.size() > 2 ? key[1] : kDeadLetters);
  const auto list = static_cast<uint8_t>(key.size() > 2 ? key[2] : 0);
  if (!in.ok() || key.size() < 3 + length + 16 || projection >= registry.size() ||
      list >= registry[projection]->indexes().size()) {
    return absl::DataLossError("a list item is damaged; rebuild the view store");
  }
  const uint128 root16 = keys::RootAt(key, 3 + length);
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store.Get(keys::Head(root16), bytes));
  if (!found) {
    return absl::DataLossError("a list item belongs to no journey; rebuild the view store");
  }
  ASSIGN_OR_RETURN(const JourneyHead head, DecodeHead(bytes));
  sums.digest +=
      digest::ListItem(registry[projection]->name(), registry[projection]->indexes()[list].name,
                       key.substr(3, length), head.root, key.substr(3 + length + 16));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StoreSums> SumStoredKeys(const ViewReader& store, const Registry& registry) {
  StoreSums sums;
  absl::Status status;
  RETURN_IF_ERROR(store.Scan("S", [&](absl::string_view, absl::string_view value) {
    const auto head = DecodeHead(value);
    status = head.ok() ? SumJourney(store, *head, registry, sums) : head.status();
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(store.Scan("X", [&](absl::string_view key, absl::string_view value) {
    status = SumListItem(store, key, value, registry, sums);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(store.Scan("K", [&](absl::string_view key, absl::string_view value) {
    if (value.size() != 16) {
      status = absl::DataLossError("a cell is damaged; rebuild the view store");
      return false;
    }
    sums.digest += ReadUint128(value.data()) * digest::Cell(key.substr(1));
    ++sums.cells;
    return true;
  }));
  RETURN_IF_ERROR(status);
  uint64_t listed = 0;
  RETURN_IF_ERROR(store.Scan(keys::DeadLetters(), [&](absl::string_view, absl::string_view) {
    ++listed;
    return true;
  }));
  if (listed != sums.dead_letters) {
    return absl::DataLossError(absl::StrCat("of ", sums.dead_letters, " dead letters ", listed,
                                            " are listed; rebuild the view store"));
  }
  return sums;
}

}  // namespace revops
