// The part of JourneyBatch that keeps what changes the past of a large journey until it is folded.
#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/view/journey_batch.h"
#include "engine/view/keys.h"

namespace revops {

absl::Status JourneyBatch::Defer(Loaded& journey, std::vector<Copy> copies) {
  std::set<Id> ids;
  // Each copy of the batch once: what is put below cannot be read back before the commit.
  for (Copy& copy : DistinctCopies(std::move(copies), totals_.duplicate)) {
    const std::string key = keys::DeferredCopy(journey.root16, copy.bytes);
    std::string bytes;
    ASSIGN_OR_RETURN(const bool known, store_.Get(key, bytes));
    Entry entry = EntryOf(std::move(copy));
    CollectIds(entry.standing(), ids);
    if (known) {
      ++totals_.duplicate;
      ASSIGN_OR_RETURN(std::vector<Entry> held, DecodeEntries(bytes));
      entry.copies[0].recorded_at =
          std::min(entry.copies[0].recorded_at, held.front().standing().recorded_at);
    } else {
      ++totals_.deferred;
      ++journey.head.deferred;
    }
    bytes.clear();
    EncodeEntry(entry, bytes);
    writes_.Put(key, std::move(bytes));
  }
  if (journey.head.deferred > 0) {
    std::string unused;
    ASSIGN_OR_RETURN(const bool listed, store_.Get(keys::Deferred(journey.root16), unused));
    if (!listed) ++totals_.deferred_journeys;
    writes_.Put(keys::Deferred(journey.root16), journey.head.root.bytes());
  }
  RETURN_IF_ERROR(WriteIds(journey, ids));
  WriteHead(journey);
  return absl::OkStatus();
}

absl::Status JourneyBatch::FoldDeferred(const Id& root) {
  JourneyChange change;
  change.root = root;
  change.links_changed = true;
  return Apply(std::move(change));
}

}  // namespace revops
