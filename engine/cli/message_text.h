// Any message in words, without knowing which it is: for rows of views that did not exist when this
// was written. Times, money and ids are told from their field's type and name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace revops {

// "2025-03-04 10:22:05", or "2025-03-04" at midnight; UTC. Units: microseconds; 0 is "".
std::string TimeText(int64_t micros);

// The inverse, also of RFC 3339 ("2025-03-04T10:22:05Z", any offset).
// Errors: kInvalidArgument.
absl::StatusOr<int64_t> ParseTime(absl::string_view text);

// Whether an integer field is an instant, by its name: closed_at, close_date, recycled_until.
bool IsTimeField(const google::protobuf::FieldDescriptor& field);

// One field in one line: times by TimeText, money "EUR 12.50", ids "contact:crm:42", enum names,
// repeated scalars "a, b", messages as CompactText. Absent: "".
std::string FieldText(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field);

// All fields that are set, in one line: "action ATTENDED, minutes 42".
std::string CompactText(const google::protobuf::Message& message);

// The columns of a row: its fields, and one level into messages that are neither money nor id
// ("fit.points"); repeated messages as their number. A spreadsheet adds numbers up: there an amount
// is the column "amount" and its currency "amount.currency".
enum class ColumnsFor { kPerson, kSpreadsheet };
std::vector<std::pair<std::string, std::string>> FlatFields(
    const google::protobuf::Message& message, ColumnsFor reader = ColumnsFor::kPerson);

// All fields with a line each ("name: text"), repeated messages with a line for each element.
std::vector<std::string> LongText(const google::protobuf::Message& message);

// Errors: kInternal if this program does not know the message.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Unpack(const google::protobuf::Any& any);

}  // namespace revops
