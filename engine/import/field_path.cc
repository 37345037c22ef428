#include "engine/import/field_path.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "google/protobuf/message.h"

namespace revops {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kIndexMax = 63;

std::string FieldNames(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<FieldPath::Step> ParseStep(absl::string_view part, const Descriptor& message) {
  absl::string_view name = part;
  std::optional<int> index;
  const size_t bracket = part.find('[');
  if (bracket != absl::string_view::npos) {
    name = part.substr(0, bracket);
    int number = 0;
    if (part.back() != ']' ||
        !absl::SimpleAtoi(part.substr(bracket + 1, part.size() - bracket - 2), &number) ||
        number < 0 || number > kIndexMax) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", part, "\": the index is a number from 0 to ", kIndexMax, ", as in ", name, "[0]"));
    }
    index = number;
  }
  const FieldDescriptor* field = message.FindFieldByName(std::string(name));
  if (field == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(message.name(), " has no field \"", name,
                                                   "\"; it has: ", FieldNames(message)));
  }
  if (index.has_value() && !field->is_repeated()) {
    return absl::InvalidArgumentError(
        absl::StrCat(message.name(), ".", name, " is not repeated; leave out the index"));
  }
  return FieldPath::Step{field, index};
}

// An element of a repeated field, made if the list is shorter.
Message& Element(Message& parent, const FieldDescriptor& field, int index) {
  const auto& reflection = *parent.GetReflection();
  while (reflection.FieldSize(parent, &field) <= index) reflection.AddMessage(&parent, &field);
  return *reflection.MutableRepeatedMessage(&parent, &field, index);
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Parse(absl::string_view text) {
  FieldPath path;
  path.text_ = std::string(text);
  const Descriptor* message = v1::Event::descriptor();
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    ASSIGN_OR_RETURN(const Step step, ParseStep(parts[i], *message));
    path.steps_.push_back(step);
    const bool last = i + 1 == parts.size();
    message = step.field->message_type();
    if (last) break;
    if (message == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(path.Prefix(i), " holds a single value; nothing can follow it in a path"));
    }
    if (step.field->is_repeated() && !step.index.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(path.Prefix(i), " is repeated; write ",
                                                     path.Prefix(i), "[0] for its first element"));
    }
  }
  if (path.leaf().is_repeated() && message == nullptr && path.steps_.back().index.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "elements of ", path.leaf().name(), " are single values; leave out the index to append"));
  }
  return path;
}

std::string FieldPath::Prefix(size_t i) const {
  std::string prefix;
  for (size_t at = 0; at <= i; ++at) {
    absl::StrAppend(&prefix, at == 0 ? "" : ".", steps_[at].field->name());
    if (steps_[at].index.has_value()) absl::StrAppend(&prefix, "[", *steps_[at].index, "]");
  }
  return prefix;
}

Message& FieldPath::Parent(v1::Event& event) const {
  Message* message = &event;
  for (size_t i = 0; i + 1 < steps_.size(); ++i) {
    const Step& step = steps_[i];
    message = step.index.has_value()
                  ? &Element(*message, *step.field, *step.index)
                  : message->GetReflection()->MutableMessage(message, step.field);
  }
  return *message;
}

}  // namespace revops
