// Event logs for tests: the embedded log over a file system in memory, with a clock that moves by
// itself in equal steps, so that a test's records are the same in every run.
#pragma once

#include <memory>

#include "engine/base/clock.h"
#include "engine/log/embedded_log.h"

namespace revops::test {

// 2024-01-01T00:00:00Z, and one millisecond more at each call.
std::shared_ptr<const Clock> SteppedClock();

// The topics of one machine: touchpoints and routed with `partitions`, identities with one.
EmbeddedLogOptions MachineTopics(int partitions);

// A disk in memory; outlives the logs on it, so that a log can be closed and opened again.
std::shared_ptr<rocksdb::Env> NewMemoryDisk();

// The log in the folder "/log" of that disk; made if it is not there. Its identity is "memory".
std::unique_ptr<EmbeddedLog> OpenMemoryLog(std::shared_ptr<rocksdb::Env> disk, int partitions);

// A fresh log on a disk of its own.
std::unique_ptr<EmbeddedLog> NewMemoryLog(int partitions);

}  // namespace revops::test
