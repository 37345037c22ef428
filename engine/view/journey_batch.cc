#include "engine/view/journey_batch.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/view/digest.h"
#include "engine/view/journal_chunks.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// All copies of `entries`, taken out of them.
std::vector<Copy> CopiesOf(std::vector<Entry> entries) {
  std::vector<Copy> copies;
  for (Entry& entry : entries) {
    std::move(entry.copies.begin(), entry.copies.end(), std::back_inserter(copies));
  }
  return copies;
}

}  // namespace

absl::Status JourneyBatch::Load(const Id& root, Loaded& journey) {
  journey.existed = heads_.Take(root, journey);
  if (journey.existed) return absl::OkStatus();
  journey.root16 = Root16(root);
  std::string bytes;
  ASSIGN_OR_RETURN(journey.existed, store_.Get(keys::Head(journey.root16), bytes));
  if (!journey.existed) {
    journey.head.root = root;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(journey.head, DecodeHead(bytes));
  REVOPS_CHECK(journey.head.root == root);
  return absl::OkStatus();
}

absl::StatusOr<bool> JourneyBatch::Holds(const Loaded& journey, const std::string& name) {
  const uint64_t hash = Hash64(name);
  if (!journey.head.paged) {
    return std::binary_search(journey.head.names.begin(), journey.head.names.end(), hash);
  }
  std::string unused;
  return store_.Get(keys::Seen(journey.root16, hash), unused);
}

// Whether this very copy, recorded no later, is kept under its own order key.
absl::StatusOr<bool> JourneyBatch::HoldsCopy(const Loaded& journey, const Copy& copy) {
  const Entry sought = EntryOf(copy);
  const auto among = [&](absl::string_view bytes) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const std::vector<Entry> entries, DecodeEntries(bytes));
    for (const Entry& entry : entries) {
      if (entry.name != sought.name) continue;
      for (const Copy& held : entry.copies) {
        if (SameCopy(held, copy) && held.recorded_at <= copy.recorded_at) return true;
      }
    }
    return false;
  };
  ASSIGN_OR_RETURN(const bool in_tail, among(journey.head.tail));
  if (in_tail) return true;
  std::string key, bytes;
  ASSIGN_OR_RETURN(const bool found,
                   store_.Floor(keys::Chunks(journey.root16),
                                keys::Chunk(journey.root16, sought.order_key), key, bytes));
  if (!found) return false;
  return among(bytes);
}

absl::Status JourneyBatch::Apply(JourneyChange change) {
  Loaded journey;
  RETURN_IF_ERROR(Load(change.root, journey));
  RETURN_IF_ERROR(ApplyTo(journey, std::move(change)));
  if (journey.head.entries + journey.head.deferred > 0) touched_.push_back(std::move(journey));
  return absl::OkStatus();
}

absl::Status JourneyBatch::ApplyTo(Loaded& journey, JourneyChange change) {
  if (!change.removed.empty() || change.links_changed) {
    return FoldAgain(journey, std::move(change));
  }
  if (journey.head.deferred > 0) return Defer(journey, std::move(change.added));

  std::map<std::string, Entry> filed;
  FileCopies(std::move(change.added), filed, totals_.duplicate);
  uint64_t held_already = 0;
  bool again = false;
  std::vector<Entry> fresh;
  std::vector<Entry> known;
  for (auto& [name, entry] : filed) {
    ASSIGN_OR_RETURN(const bool seen, Holds(journey, name));
    if (!seen) {
      fresh.push_back(std::move(entry));
      continue;
    }
    for (const Copy& copy : entry.copies) {
      ASSIGN_OR_RETURN(const bool held, HoldsCopy(journey, copy));
      if (held) {
        ++held_already;
      } else {
        again = true;
      }
    }
    known.push_back(std::move(entry));
  }
  std::sort(fresh.begin(), fresh.end(),
            [](const Entry& a, const Entry& b) { return a.order_key < b.order_key; });
  std::vector<TenureAt> tenures;
  if (!again) {
    ASSIGN_OR_RETURN(const bool in_order, InOrder(journey, fresh, tenures));
    again = !in_order;
  }
  if (!again) {
    totals_.duplicate += held_already;
    if (fresh.empty()) return absl::OkStatus();
    return FoldOn(journey, std::move(fresh), std::move(tenures));
  }
  std::move(known.begin(), known.end(), std::back_inserter(fresh));
  change.added = CopiesOf(std::move(fresh));
  if (journey.head.entries >= options_.defer_entries_min) {
    return Defer(journey, std::move(change.added));
  }
  return FoldAgain(journey, std::move(change));
}

// Whether all of `fresh`, and the tenures of the persons it brings, come after what is folded.
absl::StatusOr<bool> JourneyBatch::InOrder(Loaded& journey, const std::vector<Entry>& fresh,
                                           std::vector<TenureAt>& tenures) {
  if (fresh.empty()) return true;
  if (journey.existed && fresh.front().order_key <= journey.head.last_key) return false;
  if (journey.head.root.kind() != v1::ACCOUNT) return true;
  std::set<Id> persons;
  for (const Entry& entry : fresh) {
    for (const Copy& copy : entry.copies) {
      if (!copy.person.empty()) persons.insert(copy.person);
    }
  }
  for (const Id& person : persons) {
    const std::vector<TenureAt> of_person = resolver_.TenuresIn(journey.head.root, person);
    if (of_person.empty()) continue;
    const std::string first_key = ItemKey({nullptr, &of_person.front()});
    if (journey.head.paged) {
      std::string unused;
      ASSIGN_OR_RETURN(const bool held,
                       store_.Get(keys::Tenure(journey.root16, first_key), unused));
      if (held) continue;
    }
    const auto& known = journey.head.tenures;
    if (std::find(known.begin(), known.end(), of_person.front()) != known.end()) continue;
    for (const TenureAt& tenure : of_person) {
      if (journey.existed && ItemKey({nullptr, &tenure}) <= journey.head.last_key) return false;
      tenures.push_back(tenure);
    }
  }
  return true;
}

absl::Status JourneyBatch::FoldOn(Loaded& journey, std::vector<Entry> fresh,
                                  std::vector<TenureAt> tenures) {
  JourneyHead& head = journey.head;
  absl::Status read;
  RowSet rows(registry_, [&](const RowKey& key, std::string& bytes) {
    if (head.paged) {
      const auto found = store_.Get(keys::Row(journey.root16, key), bytes);
      if (!found.ok()) read = found.status();
      return found.ok() && *found;
    }
    const auto at = std::lower_bound(
        head.rows.begin(), head.rows.end(), key,
        [](const RowSet::Row& row, const RowKey& sought) { return row.key < sought; });
    if (at == head.rows.end() || !(at->key == key)) return false;
    bytes = at->bytes;
    return true;
  });
  const std::vector<FoldItem> items = ItemsOf(fresh, tenures);
  FoldItems({registry_, model_, head.root}, items, +1, rows, &cells_);
  RETURN_IF_ERROR(read);

  const std::vector<RowSet::Change> changes = rows.Changes();
  for (const RowSet::Change& change : changes) RETURN_IF_ERROR(WriteRow(journey, change));
  if (!head.paged) {
    std::map<RowKey, std::string> merged;
    for (RowSet::Row& row : head.rows) merged.emplace(row.key, std::move(row.bytes));
    for (const RowSet::Change& change : changes) {
      if (change.is) {
        merged[change.key] = change.new_bytes;
      } else {
        merged.erase(change.key);
      }
    }
    head.rows.clear();
    for (auto& [key, bytes] : merged) head.rows.push_back({key, std::move(bytes)});
  }

  std::set<Id> ids;
  for (const Entry& entry : fresh) {
    totals_.kept += entry.copies.size();
    totals_.digest += digest::JournalEntry(head.root, entry);
    for (const Copy& copy : entry.copies) CollectIds(copy, ids);
    const uint64_t name = Hash64(entry.name);
    if (head.paged) {
      writes_.Put(keys::Seen(journey.root16, name), "");
    } else {
      head.names.insert(std::upper_bound(head.names.begin(), head.names.end(), name), name);
    }
  }
  head.entries += fresh.size();
  head.last_key = std::max(head.last_key, ItemKey(items.back()));
  for (TenureAt& tenure : tenures) {
    if (head.paged) {
      std::string bytes;
      PutTenure(tenure, bytes);
      writes_.Put(keys::Tenure(journey.root16, ItemKey({nullptr, &tenure})), std::move(bytes));
    } else {
      head.tenures.push_back(std::move(tenure));
    }
  }
  SortTenures(head.tenures);
  ChunkedJournal journal;
  journal.tail_entries = head.tail_entries;
  journal.tail = std::move(head.tail);
  AppendEntries(fresh, journal);
  for (StoredChunk& chunk : journal.closed) {
    writes_.Put(keys::Chunk(journey.root16, chunk.first_key), std::move(chunk.bytes));
  }
  head.tail_entries = journal.tail_entries;
  head.tail = std::move(journal.tail);
  RETURN_IF_ERROR(WriteIds(journey, ids));
  WriteHead(journey);
  return absl::OkStatus();
}

// One row: its own key when paged, its lists, the digest, the count of dead letters.
absl::Status JourneyBatch::WriteRow(const Loaded& journey, const RowSet::Change& change) {
  const Id& root = journey.head.root;
  const uint8_t p = change.key.projection;
  const absl::string_view view = digest::ViewName(registry_, p);
  if (change.was) totals_.digest -= digest::Row(view, root, change.key.entity, change.old_bytes);
  if (change.is) totals_.digest += digest::Row(view, root, change.key.entity, change.new_bytes);
  if (journey.head.paged) {
    if (change.is) {
      writes_.Put(keys::Row(journey.root16, change.key), change.new_bytes);
    } else {
      writes_.Delete(keys::Row(journey.root16, change.key));
    }
  }
  if (p == kDeadLetters) {
    totals_.dead_letters += change.is ? 1 : 0;
    totals_.dead_letters -= change.was ? 1 : 0;
    letters_.push_back(
        {root, change.key.entity, change.is, change.is ? change.new_bytes : change.old_bytes});
    std::string listed = keys::DeadLetter(journey.root16, change.key.entity);
    if (change.is) {
      writes_.Put(std::move(listed), "");
    } else {
      writes_.Delete(std::move(listed));
    }
    return absl::OkStatus();
  }
  const Projection& projection = *registry_[p];
  const std::vector<IndexList>& lists = projection.indexes();
  if (lists.empty()) return absl::OkStatus();
  // list -> sort key, before and after
  std::map<uint8_t, std::string> sorted[2];
  const bool there[2] = {change.was, change.is};
  const std::string* bytes[2] = {&change.old_bytes, &change.new_bytes};
  for (int side = 0; side < 2; ++side) {
    if (!there[side]) continue;
    const std::unique_ptr<google::protobuf::Message> row(projection.prototype().New());
    REVOPS_CHECK(row->ParseFromString(*bytes[side]));
    for (IndexKey& key : projection.IndexKeys(*row)) {
      for (size_t list = 0; list < lists.size(); ++list) {
        if (lists[list].name == key.list) sorted[side][list] = std::move(key.sort_key);
      }
    }
  }
  for (int side = 0; side < 2; ++side) {
    for (const auto& [list, sort_key] : sorted[side]) {
      const auto other = sorted[1 - side].find(list);
      if (other != sorted[1 - side].end() && other->second == sort_key) continue;
      std::string key = keys::ListItem(p, list, sort_key, journey.root16, change.key.entity);
      const uint128 part =
          digest::ListItem(view, lists[list].name, sort_key, root, change.key.entity);
      if (side == 0) {
        totals_.digest -= part;
        writes_.Delete(std::move(key));
      } else {
        totals_.digest += part;
        std::string length;
        PutVarint(sort_key.size(), length);
        writes_.Put(std::move(key), std::move(length));
      }
    }
  }
  return absl::OkStatus();
}

// Lists the journey under `ids` too.
absl::Status JourneyBatch::WriteIds(Loaded& journey, const std::set<Id>& ids) {
  JourneyHead& head = journey.head;
  std::set<Id> known(head.ids.begin(), head.ids.end());
  std::string unused;
  for (const Id& id : ids) {
    const std::string key = keys::Occurrence(id, journey.root16);
    bool listed;
    if (head.paged) {
      ASSIGN_OR_RETURN(listed, store_.Get(key, unused));
    } else {
      listed = !known.insert(id).second;
    }
    if (!listed) writes_.Put(key, "");
  }
  if (!head.paged) head.ids.assign(known.begin(), known.end());
  return absl::OkStatus();
}

void JourneyBatch::WriteHead(Loaded& journey) {
  JourneyHead& head = journey.head;
  if (head.entries == 0 && head.deferred == 0) {
    writes_.Delete(keys::Head(journey.root16));
    totals_.journeys -= journey.existed ? 1 : 0;
    return;
  }
  totals_.journeys += journey.existed ? 0 : 1;
  if (!head.paged && head.paged_bytes() > kPagedBytes) {
    head.paged = true;
    for (RowSet::Row& row : head.rows) {
      writes_.Put(keys::Row(journey.root16, row.key), std::move(row.bytes));
    }
    for (const uint64_t name : head.names) writes_.Put(keys::Seen(journey.root16, name), "");
    for (const TenureAt& tenure : head.tenures) {
      std::string bytes;
      PutTenure(tenure, bytes);
      writes_.Put(keys::Tenure(journey.root16, ItemKey({nullptr, &tenure})), std::move(bytes));
    }
    head.tenures.clear();
    head.rows.clear();
    head.names.clear();
    head.ids.clear();
  }
  writes_.Put(keys::Head(journey.root16), EncodeHead(head));
}

absl::Status JourneyBatch::Finish(CellCache& cells) {
  for (const auto& [key, delta] : cells_.sums()) {
    if (delta == 0) continue;
    ASSIGN_OR_RETURN(const int128 before, cells.Get(key, store_));
    int128 after;
    REVOPS_CHECK(!__builtin_add_overflow(before, delta, &after));
    totals_.digest += static_cast<uint128>(delta) * digest::Cell(key);
    cell_values_[key] = after;
    if (after == 0) {
      writes_.Delete(keys::Cell(key));
    } else {
      std::string bytes;
      AppendUint128(static_cast<uint128>(after), bytes);
      writes_.Put(keys::Cell(key), std::move(bytes));
    }
  }
  return absl::OkStatus();
}

void JourneyBatch::Remember(CellCache& cells) {
  for (HeadCache::Held& held : touched_) heads_.Put(std::move(held));
  for (const auto& [key, value] : cell_values_) cells.Set(key, value);
}

}  // namespace revops
