// A field of a row as people read it: ids and times written out, messages in braces.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace revops {

// `index`: of a repeated field, else -1. "" if the field is not set. Bytes in rows are stored ids.
std::string ValueText(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field, int index);

}  // namespace revops
