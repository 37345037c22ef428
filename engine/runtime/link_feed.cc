#include "engine/runtime/link_feed.h"

#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/identity/rocksdb_link_store.h"
#include "engine/runtime/log_place.h"
#include "engine/runtime/topics.h"

namespace revops {
namespace {

// Whether the record before the table's end is the one that the table took.
absl::StatusOr<bool> GoesOn(const LinkTable& links, EventLog& log) {
  if (links.end() == 0) return true;
  ASSIGN_OR_RETURN(const Offset end, log.End({kIdentities, 0}));
  if (links.end() > end) return false;
  EventLog::ReadLimits limits;
  limits.records_max = 1;
  ASSIGN_OR_RETURN(const std::vector<Record> last,
                   log.Read({kIdentities, 0}, links.end() - 1, limits));
  return !last.empty() && FingerprintOf(last.front()) == links.fingerprint();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LinkTable>> OpenLinks(const std::string& folder, rocksdb::Env* env,
                                                     EventLog& log) {
  ASSIGN_OR_RETURN(auto store, OpenRocksDbLinkStore(folder, env));
  auto links = LinkTable::Open(std::move(store), log.identity());
  bool usable = links.ok();
  if (usable) {
    ASSIGN_OR_RETURN(usable, GoesOn(**links, log));
  } else if (absl::IsUnavailable(links.status())) {
    return links.status();
  }
  if (!usable) {
    // Nothing is lost: all that the store held is in the log.
    if (links.ok()) links->reset();
    RETURN_IF_ERROR(RemoveRocksDbLinkStore(folder, env));
    ASSIGN_OR_RETURN(store, OpenRocksDbLinkStore(folder, env));
    links = LinkTable::Open(std::move(store), log.identity());
    RETURN_IF_ERROR(links.status());
  }
  for (int read = 1; read > 0;) {
    ASSIGN_OR_RETURN(read, FeedLinks(log, **links));
  }
  return links;
}

absl::StatusOr<int> FeedLinks(EventLog& log, LinkTable& links, int records_max) {
  EventLog::ReadLimits limits;
  limits.records_max = records_max;
  ASSIGN_OR_RETURN(const std::vector<Record> records,
                   log.Read({kIdentities, 0}, links.end(), limits));
  for (const Record& record : records) {
    const auto event = Decode(record.value, record.appended_at);
    const uint64_t fingerprint = FingerprintOf(record);
    RETURN_IF_ERROR(event.ok() ? links.Add(*event, fingerprint) : links.AddUnreadable(fingerprint));
  }
  return static_cast<int>(records.size());
}

}  // namespace revops
