// A mapping, loaded and checked: every column, path, zone and conversion of it is resolved before
// the first row is read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/event_rule.h"
#include "engine/import/row_reader.h"
#include "engine/import/text_value.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// Immutable once loaded; may be used from several threads.
class Mapping final {
 public:
  // Reads textproto (revops.v1.Mapping).
  // Errors: kNotFound if the file cannot be read; kInvalidArgument with file, line, field and
  // remedy.
  static absl::StatusOr<Mapping> Load(const std::string& path);
  // The same for text; `name` stands for the file in messages.
  static absl::StatusOr<Mapping> Parse(absl::string_view text, const std::string& name);

  const v1::Mapping& declared() const { return declared_; }
  const ImportLimits& limits() const { return limits_; }
  const std::vector<std::string>& columns() const { return columns_.names(); }
  const std::vector<TableUse>& tables() const { return tables_; }
  const std::vector<EventRule>& events() const { return events_; }

 private:
  v1::Mapping declared_;
  ImportLimits limits_;
  ColumnSet columns_;
  std::vector<TableUse> tables_;
  std::vector<EventRule> events_;
};

}  // namespace revops
