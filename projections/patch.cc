#include "projections/patch.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "google/protobuf/reflection.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor& Field(const Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  REVOPS_CHECK(field != nullptr);
  return *field;
}

}  // namespace

absl::Status CheckPatch(const Message& patch) {
  const auto names =
      patch.GetReflection()->GetRepeatedFieldRef<std::string>(patch, &Field(patch, "cleared"));
  for (const std::string& name : names) {
    if (patch.GetDescriptor()->FindFieldByName(name) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("cleared names \"", name,
                                                     "\", which is no field; name one of ",
                                                     patch.GetDescriptor()->name()));
    }
  }
  return absl::OkStatus();
}

void ApplyPatch(const Message& patch, Message& target) {
  const auto& reflection = *patch.GetReflection();
  const FieldDescriptor& cleared = Field(patch, "cleared");
  const FieldDescriptor& snapshot = Field(patch, "snapshot");
  if (reflection.GetBool(patch, &snapshot)) target.Clear();
  for (const std::string& name : reflection.GetRepeatedFieldRef<std::string>(patch, &cleared)) {
    const auto* field = patch.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) reflection.ClearField(&target, field);
  }
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(patch, &set);
  for (const auto* field : set) reflection.ClearField(&target, field);
  target.MergeFrom(patch);
  reflection.ClearField(&target, &cleared);
  reflection.ClearField(&target, &snapshot);
}

}  // namespace revops
