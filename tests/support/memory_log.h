// An event log in plain vectors: as fast as a log can be and gone with its object. For tests that
// make thousands of logs; what a real log promises is tested by event_log_contract.h.
#pragma once

#include <memory>

#include "tests/support/faulty_log.h"

namespace revops::test {

class MemoryLog final : public FaultyLog {
 public:
  // The topics of one machine: touchpoints and routed with `partitions`, identities with one.
  explicit MemoryLog(int partitions);
};

}  // namespace revops::test
