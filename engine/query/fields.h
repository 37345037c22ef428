// The fields of a row message as people name them: "amount.currency_code".
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace revops {

enum class FieldType {
  kText,
  kBytes,
  kInteger,
  kNumber,
  kBool,
  kTime,   // an int64 of microseconds; by the contract's naming it ends in "_at" or "_until"
  kMoney,  // revops.v1.Money
  kId,     // revops.v1.Id
  kEnum,
  kMessage,
};

FieldType TypeOf(const google::protobuf::FieldDescriptor& field);

// As RowField.type says it: "text", "time", …
absl::string_view NameOf(FieldType type);

struct RowPath {
  std::string name;  // the steps' names joined by "."
  // From the row message to the field meant; never empty. Lifetime: of the message's type.
  std::vector<const google::protobuf::FieldDescriptor*> steps;

  // Whether a row may hold several values under this path.
  bool repeated() const;
  // Whether any step is marked (personal).
  bool personal() const;
};

// Every field that can be named, in the order of the message: money and ids both whole and by their
// parts; messages within messages up to 4 deep.
std::vector<RowPath> AllFields(const google::protobuf::Descriptor& row);

// Errors: kInvalidArgument, naming the field and offering the list.
absl::StatusOr<RowPath> FindField(const google::protobuf::Descriptor& row, absl::string_view name);

}  // namespace revops
