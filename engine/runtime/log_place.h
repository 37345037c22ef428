// Whether a store can go on in a log where it stopped. Offsets alone do not tell: a topic that was
// deleted and made again has other records at the same ones.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "engine/identity/link_table.h"
#include "engine/log/event_log.h"

namespace revops {

// Never 0, which stands for a store that kept none.
uint64_t FingerprintOf(const Record& record);

// Whether a store that folded `where` up to `next` can go on from there; `fingerprint`: of the
// record before that.
// Errors: kFailedPrecondition in words; kUnavailable; those of the log.
absl::Status CheckPlace(EventLog& log, const TopicPartition& where, Offset next,
                        uint64_t fingerprint);

// Whether a store of `partition` that resolved under `version` can go on with `links`, which are
// read from the log; `fingerprint`: LinkTable::Fingerprint(version) when it did.
// Errors: kFailedPrecondition in words.
absl::Status CheckLinks(const LinkTable& links, int partition, LinkVersion version,
                        uint64_t fingerprint);

}  // namespace revops
