#include "engine/query/fields.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "revops/v1/event.pb.h"

namespace revops {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kDepthMax = 4;

void Collect(const Descriptor& message, const RowPath& above, std::vector<RowPath>& all) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    RowPath path = above;
    path.name = above.steps.empty() ? field.name() : absl::StrCat(above.name, ".", field.name());
    path.steps.push_back(&field);
    all.push_back(path);
    // A message within itself would go on for ever.
    const bool within_itself =
        std::any_of(path.steps.begin(), path.steps.end(), [&](const FieldDescriptor* step) {
          return step->containing_type() == field.message_type();
        });
    if (field.message_type() != nullptr && !within_itself && path.steps.size() < kDepthMax) {
      Collect(*field.message_type(), path, all);
    }
  }
}

}  // namespace

FieldType TypeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? FieldType::kBytes : FieldType::kText;
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::EndsWith(field.name(), "_at") || absl::EndsWith(field.name(), "_until") ||
                     field.name() == "at" || field.name() == "until"
                 ? FieldType::kTime
                 : FieldType::kInteger;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return FieldType::kInteger;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return FieldType::kNumber;
    case FieldDescriptor::CPPTYPE_BOOL:
      return FieldType::kBool;
    case FieldDescriptor::CPPTYPE_ENUM:
      return FieldType::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.message_type() == v1::Money::descriptor()) return FieldType::kMoney;
      if (field.message_type() == v1::Id::descriptor()) return FieldType::kId;
      return FieldType::kMessage;
  }
  return FieldType::kMessage;
}

absl::string_view NameOf(FieldType type) {
  switch (type) {
    case FieldType::kText:
      return "text";
    case FieldType::kBytes:
      return "bytes";
    case FieldType::kInteger:
      return "integer";
    case FieldType::kNumber:
      return "number";
    case FieldType::kBool:
      return "bool";
    case FieldType::kTime:
      return "time";
    case FieldType::kMoney:
      return "money";
    case FieldType::kId:
      return "id";
    case FieldType::kEnum:
      return "enum";
    case FieldType::kMessage:
      return "message";
  }
  return "message";
}

bool RowPath::repeated() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const FieldDescriptor* step) { return step->is_repeated(); });
}

bool RowPath::personal() const {
  return std::any_of(steps.begin(), steps.end(), [](const FieldDescriptor* step) {
    return step->options().GetExtension(v1::personal);
  });
}

std::vector<RowPath> AllFields(const Descriptor& row) {
  std::vector<RowPath> all;
  Collect(row, RowPath(), all);
  return all;
}

absl::StatusOr<RowPath> FindField(const Descriptor& row, absl::string_view name) {
  std::vector<std::string> offered;
  for (RowPath& path : AllFields(row)) {
    if (path.name == name) return std::move(path);
    offered.push_back(std::move(path.name));
  }
  if (name.empty()) return absl::InvalidArgumentError("a filter names no field; set filters.field");
  return absl::InvalidArgumentError(
      absl::StrCat("rows of this view have no field \"", name,
                   "\"; give one of: ", absl::StrJoin(offered, ", ")));
}

}  // namespace revops
