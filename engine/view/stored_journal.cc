#include "engine/view/stored_journal.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/view/journey_head.h"
#include "engine/view/keys.h"

namespace revops {

absl::StatusOr<StoredJournal> LoadJournal(const ViewReader& store, uint128 root16,
                                          const std::string& tail) {
  StoredJournal parts;
  const std::string prefix = keys::Chunks(root16);
  RETURN_IF_ERROR(store.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
    key.remove_prefix(prefix.size());
    parts.closed.push_back(
        {std::string(key.data(), key.size()), std::string(value.data(), value.size())});
    return true;
  }));
  const auto append = [&](const std::string& bytes) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<Entry> entries, DecodeEntries(bytes));
    std::move(entries.begin(), entries.end(), std::back_inserter(parts.entries));
    return absl::OkStatus();
  };
  for (const StoredChunk& chunk : parts.closed) RETURN_IF_ERROR(append(chunk.bytes));
  RETURN_IF_ERROR(append(tail));
  return parts;
}

absl::StatusOr<std::vector<Copy>> LoadDeferred(const ViewReader& store, uint128 root16) {
  std::vector<Copy> copies;
  absl::Status status;
  RETURN_IF_ERROR(
      store.Scan(keys::DeferredCopies(root16), [&](absl::string_view key, absl::string_view value) {
        auto entries = DecodeEntries(value);
        if (!entries.ok()) {
          status = entries.status();
          return false;
        }
        copies.push_back(std::move(entries->front().copies.front()));
        return true;
      }));
  RETURN_IF_ERROR(status);
  return copies;
}

absl::StatusOr<std::vector<Copy>> LoadCopies(const ViewReader& store, const JourneyHead& head) {
  const uint128 root16 = Root16(head.root);
  ASSIGN_OR_RETURN(StoredJournal journal, LoadJournal(store, root16, head.tail));
  std::vector<Copy> copies;
  for (Entry& entry : journal.entries) {
    std::move(entry.copies.begin(), entry.copies.end(), std::back_inserter(copies));
  }
  if (head.deferred > 0) {
    ASSIGN_OR_RETURN(std::vector<Copy> deferred, LoadDeferred(store, root16));
    std::move(deferred.begin(), deferred.end(), std::back_inserter(copies));
  }
  uint64_t twice = 0;
  return DistinctCopies(std::move(copies), twice);
}

std::vector<Copy> DistinctCopies(std::vector<Copy> copies, uint64_t& duplicates) {
  std::map<std::string, size_t> places;  // bytes -> place in `distinct`
  std::vector<Copy> distinct;
  for (Copy& copy : copies) {
    const auto [at, fresh] = places.emplace(copy.bytes, distinct.size());
    if (fresh) {
      distinct.push_back(std::move(copy));
      continue;
    }
    ++duplicates;
    Copy& held = distinct[at->second];
    held.recorded_at = std::min(held.recorded_at, copy.recorded_at);
  }
  return distinct;
}

absl::StatusOr<std::vector<Entry>> LoadEntries(const ViewReader& store, const Id& root) {
  const uint128 root16 = Root16(root);
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store.Get(keys::Head(root16), bytes));
  if (!found) return std::vector<Entry>();
  ASSIGN_OR_RETURN(const JourneyHead head, DecodeHead(bytes));
  ASSIGN_OR_RETURN(StoredJournal journal, LoadJournal(store, root16, head.tail));
  return std::move(journal.entries);
}

absl::StatusOr<std::vector<TenureAt>> LoadTenures(const ViewReader& store,
                                                  const JourneyHead& head) {
  if (!head.paged) return head.tenures;
  std::vector<TenureAt> tenures;
  bool whole = true;
  RETURN_IF_ERROR(
      store.Scan(keys::Tenures(Root16(head.root)), [&](absl::string_view, absl::string_view value) {
        WireReader in(value);
        tenures.push_back(ReadTenure(in));
        whole = whole && in.ok() && in.done();
        return whole;
      }));
  if (!whole)
    return absl::DataLossError("a tenure is damaged; rebuild the view store from the log");
  return tenures;
}

void CollectIds(const Copy& copy, std::set<Id>& ids) {
  for (const Id& id : copy.subject) ids.insert(id);
  if (!copy.person.empty()) ids.insert(copy.person);
  if (!copy.opportunity.empty()) ids.insert(copy.opportunity);
}

}  // namespace revops
