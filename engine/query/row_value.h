// One value of a row's field, and the value a filter compares it with.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/civil.h"
#include "engine/base/int128.h"
#include "engine/query/fields.h"
#include "google/protobuf/message.h"

namespace revops {

struct RowValue {
  FieldType type = FieldType::kText;
  // integer, bool (0 or 1), enum (its number); time in microseconds; money in micros.
  int128 whole = 0;
  double number = 0;
  // text; an id's encoding; money's currency, empty if any will do.
  std::string text;
};

// Reads what a filter gives for `field`: digits, true or false, an enum value's name, a time in
// microseconds, RFC 3339 or a day of `zone` (its start), money as "EUR 1200.50" or "1200.50" of any
// currency, an id as "contact:crm:42".
// Errors: kInvalidArgument, naming the value and how to write one.
absl::StatusOr<RowValue> ParseValue(const google::protobuf::FieldDescriptor& field,
                                    absl::string_view text, const Zone& zone);

// The value of a field in `message`; `index` of a repeated field, else -1.
// REQUIRES: TypeOf(field) is neither kMessage nor kBytes.
RowValue ReadValue(const google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor& field, int index);

// Negative, 0 or positive as a stands before, with or after b. REQUIRES: of one type.
int Compare(const RowValue& a, const RowValue& b);

}  // namespace revops
