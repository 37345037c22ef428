#include "engine/query/value_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/money.h"
#include "engine/event/id.h"
#include "engine/query/fields.h"
#include "engine/query/kpi_number.h"
#include "engine/query/row_value.h"
#include "google/protobuf/text_format.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string TimeText(int64_t micros) {
  if (micros == 0) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixMicros(micros),
                          absl::UTCTimeZone());
}

std::string FieldsText(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::vector<std::string> parts;
  for (const FieldDescriptor* field : set) {
    if (!field->is_repeated()) {
      parts.push_back(absl::StrCat(field->name(), ": ", ValueText(message, *field, -1)));
      continue;
    }
    std::vector<std::string> elements;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      elements.push_back(ValueText(message, *field, i));
    }
    parts.push_back(absl::StrCat(field->name(), ": [", absl::StrJoin(elements, ", "), "]"));
  }
  return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
}

}  // namespace

std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const FieldType type = TypeOf(field);
  if (index < 0 && field.has_presence() && !reflection.HasField(message, &field)) return "";
  if (type == FieldType::kMessage) {
    return FieldsText(index < 0 ? reflection.GetMessage(message, &field)
                                : reflection.GetRepeatedMessage(message, &field, index));
  }
  switch (type) {
    case FieldType::kText:
    case FieldType::kBytes: {
      const std::string text = index < 0 ? reflection.GetString(message, &field)
                                         : reflection.GetRepeatedString(message, &field, index);
      return type == FieldType::kText || text.empty() ? text : ToText(Id::FromBytes(text));
    }
    case FieldType::kTime:
      return TimeText(index < 0 ? reflection.GetInt64(message, &field)
                                : reflection.GetRepeatedInt64(message, &field, index));
    case FieldType::kMoney: {
      const RowValue value = ReadValue(message, field, index);
      return absl::StrCat(value.text, " ",
                          DecimalOf(NumberOf(value.whole) / Number(kMicrosPerUnit)));
    }
    case FieldType::kId:
      return ToText(Id::FromBytes(ReadValue(message, field, index).text));
    default: {
      std::string text;
      google::protobuf::TextFormat::PrintFieldValueToString(message, &field, index, &text);
      return text;
    }
  }
}

}  // namespace revops
