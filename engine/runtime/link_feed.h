// Keeps a LinkTable level with the topic `identities`.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/identity/link_table.h"
#include "engine/log/event_log.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace revops {

// The links kept in `folder`, level with `identities`: what the store holds, and the rest from the
// log. A store of another log, or that does not go on where the log does, is made anew.
// Lifetime: `env` (null: the machine's) outlives the table.
// Errors: those of the log; kUnavailable if the disk refuses.
absl::StatusOr<std::unique_ptr<LinkTable>> OpenLinks(const std::string& folder, rocksdb::Env* env,
                                                     EventLog& log);

// Reads up to `records_max` more records into `links`; how many there were.
// Errors: those of EventLog::Read and LinkTable::Add; those before are taken.
absl::StatusOr<int> FeedLinks(EventLog& log, LinkTable& links, int records_max = 10000);

}  // namespace revops
