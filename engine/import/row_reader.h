// Reads a file row by row: the cells that a mapping asked for, and the row as it stands in the
// file, so that it can be kept aside.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/import/byte_source.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// The mapping's limits, with the defaults filled in.
struct ImportLimits {
  int64_t record_bytes_max = int64_t{1} << 20;
  int64_t field_bytes_max = int64_t{64} << 10;
  int32_t columns_max = 1024;
  int32_t record_lines_max = 1000;
  int32_t json_depth_max = 32;
  int32_t expansion_max = 200;
  int64_t table_rows_max = 1'000'000;
};

struct Row {
  int64_t line = 0;  // where it starts, from 1
  // As in the file, without the last line end; empty if it was too long to keep.
  std::string raw;
  // One per column asked for, without outer spaces; absent: no cell, empty, or a null text.
  std::vector<std::optional<std::string>> cells;
  // Why the row cannot be read; ok: it can.
  absl::Status status;
};

// Not thread safe.
class RowReader {
 public:
  virtual ~RowReader() = default;

  // The next row, also one that cannot be read (see Row::status); false at the end. Blank lines are
  // no rows.
  // Errors: as ByteSource::Read. Nothing can be read after one.
  virtual absl::StatusOr<bool> Next(Row& row) = 0;

  // The header as it stands in the file, to put before rows kept aside; empty if it has none.
  virtual const std::string& header() const = 0;

  virtual int64_t bytes_taken() const = 0;
};

// Reads the header, if the format has one, and finds `columns` (names, or JSON paths) in it.
// Errors: kInvalidArgument if a column is missing or stands there twice; as DecodeText.
absl::StatusOr<std::unique_ptr<RowReader>> OpenRows(std::unique_ptr<ByteSource> source,
                                                    const v1::Mapping::Format& format,
                                                    const ImportLimits& limits,
                                                    std::vector<std::string> columns);

// Trims, and takes what means "not known" as absent: what a cell goes through.
std::optional<std::string> CellOf(absl::string_view text, const v1::Mapping::Format& format);

}  // namespace revops
