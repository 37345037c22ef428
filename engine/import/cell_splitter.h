// Cuts lines into the cells of records. A record may go over several lines.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/row_reader.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// Not thread safe.
class CellSplitter {
 public:
  virtual ~CellSplitter() = default;

  // Takes one line of a record. True: the record is complete and its cells are in `cells` (none:
  // the line was blank); false: it goes on in the next line.
  // Errors: kInvalidArgument if quotes stand where they must not, or a limit is passed; the record
  // is dropped and the next line begins a new one.
  virtual absl::StatusOr<bool> Add(absl::string_view line, std::vector<std::string>& cells) = 0;

  // Drops what was added of an unfinished record.
  virtual void Reset() = 0;
};

// Lifetime: keeps copies of what it needs.
std::unique_ptr<CellSplitter> MakeCellSplitter(const v1::Mapping::Format& format,
                                               const ImportLimits& limits);

}  // namespace revops
