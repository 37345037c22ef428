// Rows of views as tables.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/table.h"
#include "google/protobuf/repeated_field.h"
#include "revops/v1/service.pb.h"

namespace revops {

// One line a row: its id, its fields (message_text.h). `columns`: which, in that order; empty: all
// of them, or for people those that say something in some row.
// Errors: kInvalidArgument if there is no such column (offers the list); those of Unpack.
absl::StatusOr<Table> RowTable(const google::protobuf::RepeatedPtrField<v1::Row>& rows,
                               const std::vector<std::string>& columns, TableFormat format);

// A paragraph a row, for reading. Errors: those of Unpack.
absl::StatusOr<std::vector<std::string>> RowParagraphs(
    const google::protobuf::RepeatedPtrField<v1::Row>& rows);

// "settled, model 2025-1, 0 dead letters" and what else a reader should know of an answer.
std::string SeenText(const v1::Seen& seen);

// "" for an id that is none.
std::string IdText(const v1::Id& id);

}  // namespace revops
