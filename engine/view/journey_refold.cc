// The part of JourneyBatch that folds a journey again because its past changed.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/view/checkpoints.h"
#include "engine/view/digest.h"
#include "engine/view/journal_chunks.h"
#include "engine/view/journey_batch.h"
#include "engine/view/keys.h"

namespace revops {

absl::Status JourneyBatch::FoldAgain(Loaded& journey, JourneyChange change) {
  JourneyHead& head = journey.head;
  const uint128 root16 = journey.root16;
  ASSIGN_OR_RETURN(const StoredJournal old, LoadJournal(store_, root16, head.tail));
  ASSIGN_OR_RETURN(const std::vector<TenureAt> old_tenures, LoadTenures(store_, head));

  // What was deferred joins now.
  std::vector<Copy> joining;
  const uint64_t joined = head.deferred;
  if (head.deferred > 0) {
    ASSIGN_OR_RETURN(joining, LoadDeferred(store_, root16));
    for (const Copy& copy : joining) writes_.Delete(keys::DeferredCopy(root16, copy.bytes));
    writes_.Delete(keys::Deferred(root16));
    totals_.deferred -= head.deferred;
    --totals_.deferred_journeys;
    head.deferred = 0;
  }

  // Entries of which something is said are made anew; all others stand as they are.
  absl::flat_hash_set<std::string> named;
  for (const auto* copies : {&joining, &change.added, &change.removed}) {
    for (const Copy& copy : *copies) named.insert(NameOf(copy));
  }
  Remade remade;
  std::vector<const Entry*> untouched;
  std::map<std::string, Entry> filed;
  for (const Copy& copy : joining) CollectIds(copy, remade.old_ids);
  for (const Entry& entry : old.entries) {
    if (!named.contains(entry.name)) {
      untouched.push_back(&entry);
      continue;
    }
    remade.before.push_back(&entry);
    filed.emplace(entry.name, entry);
  }
  FileCopies(std::move(joining), filed, totals_.duplicate);
  for (const Copy& copy : change.removed) {
    const auto at = filed.find(NameOf(copy));
    if (at == filed.end()) continue;
    std::vector<Copy> rest;
    for (Copy& held : at->second.copies) {
      if (held.bytes != copy.bytes) rest.push_back(std::move(held));
    }
    filed.erase(at);
    FileCopies(std::move(rest), filed, totals_.duplicate);
  }
  FileCopies(std::move(change.added), filed, totals_.duplicate);
  for (const auto& [name, entry] : filed) remade.after.push_back(&entry);
  const auto in_order = [](const Entry* a, const Entry* b) { return a->order_key < b->order_key; };
  std::sort(remade.after.begin(), remade.after.end(), in_order);
  std::vector<const Entry*> entries;
  entries.reserve(untouched.size() + remade.after.size());
  std::merge(untouched.begin(), untouched.end(), remade.after.begin(), remade.after.end(),
             std::back_inserter(entries), in_order);

  std::vector<TenureAt> tenures;
  if (head.root.kind() == v1::ACCOUNT) {
    absl::flat_hash_set<Id> persons;
    for (const Entry* entry : entries) {
      for (const Copy& copy : entry->copies) {
        if (!copy.person.empty()) persons.insert(copy.person);
      }
    }
    for (const Id& person : persons) {
      for (TenureAt& tenure : resolver_.TenuresIn(head.root, person)) {
        tenures.push_back(std::move(tenure));
      }
    }
    SortTenures(tenures);
  }

  // Take back what the old journal added, add what the new one adds; the common past once.
  const std::vector<FoldItem> before = ItemsOf(old.entries, old_tenures);
  const std::vector<FoldItem> after = ItemsOf(entries, tenures);
  size_t common = 0;
  while (common < before.size() && common < after.size() &&
         SameItem(before[common], after[common])) {
    ++common;
  }
  if (common == before.size() && common == after.size() && joined == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const RowSet rows, Refold(journey, before, after, common));
  RETURN_IF_ERROR(WriteRows(journey, rows));

  for (const Entry* entry : remade.before) {
    totals_.kept -= entry->copies.size();
    totals_.digest -= digest::JournalEntry(head.root, *entry);
  }
  for (const Entry* entry : remade.after) {
    totals_.kept += entry->copies.size();
    totals_.digest += digest::JournalEntry(head.root, *entry);
  }
  head.entries = entries.size();
  head.last_key = after.empty() ? "" : ItemKey(after.back());
  WriteNames(journey, untouched, remade);
  WriteOccurrences(journey, untouched, remade);
  WriteJournal(journey, old, entries, remade);
  WriteTenures(journey, old_tenures, tenures);
  WriteHead(journey);
  return absl::OkStatus();
}

// The rows after `after`, whose first `common` items are those of `before`; counts what `before`
// added back and what `after` adds.
absl::StatusOr<RowSet> JourneyBatch::Refold(const Loaded& journey,
                                            absl::Span<const FoldItem> before,
                                            absl::Span<const FoldItem> after, size_t common) {
  absl::optional<Checkpoint> from;
  const std::string common_key = common == 0 ? "" : ItemKey(after[common - 1]);
  if (common > 0) {
    ASSIGN_OR_RETURN(from, LatestCheckpoint(store_, journey.root16, common_key));
  }
  const size_t start = from.has_value() ? from->items : 0;
  REVOPS_CHECK(start <= common);
  RowSet rows(registry_, from.has_value() ? from->rows : std::vector<RowSet::Row>());

  // Where to leave a checkpoint: nowhere, or a little before the end.
  const size_t grown =
      std::max<size_t>(options_.checkpoint_items, from.has_value() ? 2 * from->rows.size() : 0);
  const size_t mark = after.size() >= start + grown + options_.checkpoint_items
                          ? after.size() - options_.checkpoint_items
                          : 0;
  absl::optional<Checkpoint> taken;
  const FoldContext context{registry_, model_, journey.head.root};
  const auto fold = [&](size_t begin, size_t end, CellDeltas* cells) {
    if (begin < mark && mark <= end) {
      FoldItems(context, after.subspan(begin, mark - begin), +1, rows, cells);
      taken = Checkpoint{ItemKey(after[mark - 1]), mark, rows.All()};
      begin = mark;
    }
    FoldItems(context, after.subspan(begin, end - begin), +1, rows, cells);
  };
  fold(start, common, nullptr);
  if (common < before.size()) {
    RowSet undone = rows.Clone();
    FoldItems(context, before.subspan(common), -1, undone, &cells_);
  }
  fold(common, after.size(), &cells_);
  RETURN_IF_ERROR(
      UpdateCheckpoints(store_, journey.root16, common_key, taken, after.size(), writes_));
  return rows;
}

// What is stored against what there is now.
absl::Status JourneyBatch::WriteRows(Loaded& journey, const RowSet& rows) {
  JourneyHead& head = journey.head;
  std::map<RowKey, RowSet::Change> changes;
  if (head.paged) {
    const std::string prefix = keys::Rows(journey.root16);
    RETURN_IF_ERROR(store_.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
      key.remove_prefix(prefix.size());
      const RowKey row{static_cast<uint8_t>(key[0]), std::string(key.substr(1))};
      changes[row] = {row, true, false, std::string(value.data(), value.size()), {}};
      return true;
    }));
  } else {
    for (const RowSet::Row& row : head.rows)
      changes[row.key] = {row.key, true, false, row.bytes, {}};
  }
  std::vector<RowSet::Row> all = rows.All();
  for (const RowSet::Row& row : all) {
    RowSet::Change& change_of_row = changes[row.key];
    change_of_row.key = row.key;
    change_of_row.is = true;
    change_of_row.new_bytes = row.bytes;
  }
  for (const auto& [key, row] : changes) {
    if (row.was == row.is && row.old_bytes == row.new_bytes) continue;
    RETURN_IF_ERROR(WriteRow(journey, row));
  }
  if (!head.paged) head.rows = std::move(all);
  return absl::OkStatus();
}

void JourneyBatch::WriteTenures(Loaded& journey, const std::vector<TenureAt>& old,
                                const std::vector<TenureAt>& tenures) {
  if (!journey.head.paged) {
    journey.head.tenures = tenures;
    return;
  }
  for (const TenureAt& tenure : old) {
    writes_.Delete(keys::Tenure(journey.root16, ItemKey({nullptr, &tenure})));
  }
  for (const TenureAt& tenure : tenures) {
    std::string bytes;
    PutTenure(tenure, bytes);
    writes_.Put(keys::Tenure(journey.root16, ItemKey({nullptr, &tenure})), std::move(bytes));
  }
}

// The names of entries, by which a copy that comes twice is known.
void JourneyBatch::WriteNames(Loaded& journey, const std::vector<const Entry*>& untouched,
                              const Remade& remade) {
  JourneyHead& head = journey.head;
  std::set<uint64_t> gone;
  for (const Entry* entry : remade.before) gone.insert(Hash64(entry->name));
  for (const Entry* entry : remade.after) {
    const uint64_t name = Hash64(entry->name);
    if (gone.erase(name) == 0 && head.paged) writes_.Put(keys::Seen(journey.root16, name), "");
  }
  if (head.paged) {
    // Two names may share a hash.
    if (!gone.empty()) {
      for (const Entry* entry : untouched) gone.erase(Hash64(entry->name));
    }
    for (const uint64_t name : gone) writes_.Delete(keys::Seen(journey.root16, name));
    return;
  }
  head.names.clear();
  for (const auto* entries : {&untouched, &remade.after}) {
    for (const Entry* entry : *entries) head.names.push_back(Hash64(entry->name));
  }
  std::sort(head.names.begin(), head.names.end());
}

// The ids under which the journey is found when a link changes.
void JourneyBatch::WriteOccurrences(Loaded& journey, const std::vector<const Entry*>& untouched,
                                    const Remade& remade) {
  JourneyHead& head = journey.head;
  std::set<Id> gone = remade.old_ids;
  for (const Entry* entry : remade.before) {
    for (const Copy& copy : entry->copies) CollectIds(copy, gone);
  }
  std::set<Id> ids;
  for (const Entry* entry : remade.after) {
    for (const Copy& copy : entry->copies) CollectIds(copy, ids);
  }
  for (const Id& id : ids) {
    if (gone.erase(id) == 0) writes_.Put(keys::Occurrence(id, journey.root16), "");
  }
  if (!gone.empty()) {
    std::set<Id> still;
    for (const Entry* entry : untouched) {
      for (const Copy& copy : entry->copies) CollectIds(copy, still);
    }
    for (const Id& id : gone) {
      if (still.count(id) > 0) continue;
      writes_.Delete(keys::Occurrence(id, journey.root16));
      head.ids.erase(std::remove(head.ids.begin(), head.ids.end(), id), head.ids.end());
    }
  }
  if (head.paged) return;
  ids.insert(head.ids.begin(), head.ids.end());
  head.ids.assign(ids.begin(), ids.end());
}

// The chunks from the one on in which the first entry changed.
void JourneyBatch::WriteJournal(Loaded& journey, const StoredJournal& old,
                                const std::vector<const Entry*>& entries, const Remade& remade) {
  std::string first;
  for (const auto* changed : {&remade.before, &remade.after}) {
    if (changed->empty()) continue;
    const std::string& key = changed->front()->order_key;
    if (first.empty() || key < first) first = key;
  }
  if (first.empty()) return;
  auto chunk = std::upper_bound(
      old.closed.begin(), old.closed.end(), first,
      [](const std::string& key, const StoredChunk& at) { return key < at.first_key; });
  auto entry = entries.begin();
  if (chunk != old.closed.begin()) {
    --chunk;
    entry = std::lower_bound(
        entries.begin(), entries.end(), chunk->first_key,
        [](const Entry* at, const std::string& key) { return at->order_key < key; });
  }
  ChunkedJournal journal;
  for (; entry != entries.end(); ++entry) AppendEntry(**entry, journal);

  std::map<std::string, std::string> chunks;
  for (StoredChunk& made : journal.closed) {
    chunks.emplace(std::move(made.first_key), std::move(made.bytes));
  }
  for (; chunk != old.closed.end(); ++chunk) {
    const auto at = chunks.find(chunk->first_key);
    if (at == chunks.end()) {
      writes_.Delete(keys::Chunk(journey.root16, chunk->first_key));
    } else if (at->second == chunk->bytes) {
      chunks.erase(at);
    }
  }
  for (auto& [first_key, bytes] : chunks) {
    writes_.Put(keys::Chunk(journey.root16, first_key), std::move(bytes));
  }
  journey.head.tail_entries = journal.tail_entries;
  journey.head.tail = std::move(journal.tail);
}

}  // namespace revops
