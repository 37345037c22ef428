#include "engine/identity/redact.h"

#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace revops {
namespace {

void ClearPersonal(google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->options().GetExtension(v1::personal)) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        ClearPersonal(*reflection.MutableMessage(&message, field));
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ClearPersonal(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

}  // namespace

void Redact(v1::Event& event) {
  event.DiscardUnknownFields();
  ClearPersonal(event);
}

}  // namespace revops
