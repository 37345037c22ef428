#include "engine/query/filter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;

bool IsOrder(v1::Filter::Op op) {
  return op == v1::Filter::LESS || op == v1::Filter::LESS_OR_EQUAL || op == v1::Filter::GREATER ||
         op == v1::Filter::GREATER_OR_EQUAL;
}

bool HasOrder(FieldType type) {
  return type == FieldType::kText || type == FieldType::kInteger || type == FieldType::kNumber ||
         type == FieldType::kTime || type == FieldType::kMoney;
}

}  // namespace

absl::StatusOr<RowFilter> RowFilter::Parse(const google::protobuf::Descriptor& row,
                                           const v1::Filter& filter, const Zone& zone) {
  RowFilter parsed;
  parsed.op_ = filter.op() == v1::Filter::OP_UNSPECIFIED ? v1::Filter::EQUAL : filter.op();
  if (!v1::Filter::Op_IsValid(parsed.op_)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "filter on ", filter.field(), ": op is ", static_cast<int>(filter.op()),
        "; give EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, CONTAINS, IS_SET "
        "or IS_NOT_SET"));
  }
  ASSIGN_OR_RETURN(parsed.path_, FindField(row, filter.field()));
  if (parsed.op_ == v1::Filter::IS_SET || parsed.op_ == v1::Filter::IS_NOT_SET) return parsed;

  const FieldDescriptor& field = *parsed.path_.steps.back();
  const FieldType type = TypeOf(field);
  if (field.is_repeated() && parsed.op_ != v1::Filter::CONTAINS) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter on ", filter.field(),
                     ": it holds several values; ask CONTAINS, IS_SET or "
                     "IS_NOT_SET"));
  }
  if (!field.is_repeated() && parsed.op_ == v1::Filter::CONTAINS && type != FieldType::kText) {
    return absl::InvalidArgumentError(absl::StrCat("filter on ", filter.field(),
                                                   ": CONTAINS is for texts and repeated fields, "
                                                   "this is of type ",
                                                   NameOf(type), "; ask EQUAL"));
  }
  if (IsOrder(parsed.op_) && !HasOrder(type)) {
    return absl::InvalidArgumentError(absl::StrCat("filter on ", filter.field(),
                                                   ": values of type ", NameOf(type),
                                                   " have no order; ask EQUAL or NOT_EQUAL"));
  }
  auto value = ParseValue(field, filter.value(), zone);
  if (!value.ok()) return Annotate(value.status(), absl::StrCat("filter on ", filter.field()));
  parsed.value_ = std::move(*value);
  return parsed;
}

bool RowFilter::Passes(const google::protobuf::Message& row) const { return PassesFrom(row, 0); }

bool RowFilter::PassesFrom(const google::protobuf::Message& message, size_t step) const {
  const FieldDescriptor& field = *path_.steps[step];
  const google::protobuf::Reflection& of = *message.GetReflection();
  const bool last = step + 1 == path_.steps.size();
  if (field.is_repeated()) {
    const int size = of.FieldSize(message, &field);
    if (size == 0) return PassesUnset();
    if (last && op_ == v1::Filter::IS_SET) return true;
    if (last && op_ == v1::Filter::IS_NOT_SET) return false;
    for (int i = 0; i < size; ++i) {
      if (last ? Compare(ReadValue(message, field, i), value_) == 0
               : PassesFrom(of.GetRepeatedMessage(message, &field, i), step + 1)) {
        return true;
      }
    }
    return false;
  }
  const bool set = of.HasField(message, &field);
  if (!last) return set ? PassesFrom(of.GetMessage(message, &field), step + 1) : PassesUnset();
  if (op_ == v1::Filter::IS_SET) return set;
  if (op_ == v1::Filter::IS_NOT_SET) return !set;
  if (!set && (field.has_presence() || TypeOf(field) == FieldType::kTime)) return PassesUnset();
  return PassesValue(ReadValue(message, field, -1));
}

bool RowFilter::PassesUnset() const {
  return op_ == v1::Filter::IS_NOT_SET || op_ == v1::Filter::NOT_EQUAL;
}

bool RowFilter::PassesValue(const RowValue& value) const {
  if (op_ == v1::Filter::CONTAINS) {
    return absl::StrContains(absl::AsciiStrToLower(value.text), absl::AsciiStrToLower(value_.text));
  }
  if (value.type == FieldType::kMoney && !value_.text.empty() && value.text != value_.text) {
    return op_ == v1::Filter::NOT_EQUAL;
  }
  const int order = Compare(value, value_);
  switch (op_) {
    case v1::Filter::NOT_EQUAL:
      return order != 0;
    case v1::Filter::LESS:
      return order < 0;
    case v1::Filter::LESS_OR_EQUAL:
      return order <= 0;
    case v1::Filter::GREATER:
      return order > 0;
    case v1::Filter::GREATER_OR_EQUAL:
      return order >= 0;
    default:
      return order == 0;
  }
}

}  // namespace revops
