// Copies one event log into another, offset by offset, so that views folded from the copy are the
// same to the byte.
//
// Record n of a partition becomes record n of the same partition of the copy. What is there already
// is compared where it ends, and the copy goes on from there: a copy that was cut short is finished
// by copying again. An event whose publisher left out when it was recorded gets its append time
// stamped, since the copy is appended later.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/log/event_log.h"

namespace revops {

struct CopyCount {
  uint64_t found = 0;       // records that the copy had already
  uint64_t copied = 0;      // and those that it got
  uint64_t unreadable = 0;  // of those: records that do not decode
};

struct CopyOptions {
  // Called after each batch: records done and to do, of this partition.
  std::function<void(uint64_t done, uint64_t total)> progress;
  // What stamps the copy's append times, if it can be told: then records that do not decode keep
  // theirs too. Null: they get new ones.
  ManualClock* stamps = nullptr;
  int batch_records_max = 2000;
};

// Copies what `where` holds now. REQUIRES: nobody else appends to the copy.
// Errors: kFailedPrecondition if the copy holds something else, or the source no longer begins at
// its first record; kUnavailable: copy again; those of reading.
absl::StatusOr<CopyCount> CopyPartition(EventLog& source, EventLog& copy,
                                        const TopicPartition& where, const CopyOptions& options);

}  // namespace revops
