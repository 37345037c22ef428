#include "engine/cli/message_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/event/id.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kMicrosPerDay = 86'400'000'000;

bool IsLeafMessage(const google::protobuf::Descriptor& type) {
  return &type == v1::Money::descriptor() || &type == v1::Id::descriptor();
}

// What only the engine reads: bytes, and constants in fixed point.
bool IsRaw(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_BYTES ||
         field.type() == FieldDescriptor::TYPE_SFIXED64;
}

// {name: "webinar", count: 3}: said as "webinar 3".
bool IsTally(const google::protobuf::Descriptor& type) {
  return type.field_count() == 2 && type.field(0)->name() == "name" &&
         type.field(1)->name() == "count";
}

std::string MessageText(const Message& message) {
  if (IsTally(*message.GetDescriptor())) {
    const std::string name = FieldText(message, *message.GetDescriptor()->field(0));
    return absl::StrCat(name.empty() ? "(none)" : name, " ",
                        FieldText(message, *message.GetDescriptor()->field(1)));
  }
  if (message.GetDescriptor() == v1::Id::descriptor()) {
    const auto& id = static_cast<const v1::Id&>(message);
    return CheckId(id).ok() ? ToText(Id(id)) : "";
  }
  if (message.GetDescriptor() == v1::Money::descriptor()) {
    const auto money = Money::FromProto(static_cast<const v1::Money&>(message));
    return money.ok() ? money->ToText() : message.ShortDebugString();
  }
  return CompactText(message);
}

// Millionths as decimals with no more digits than needed.
std::string MillionthsText(int64_t value, int shift) {
  const int64_t unit = shift == 4 ? 10'000 : 1'000'000;
  const uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : value;
  std::string text = absl::StrCat(value < 0 ? "-" : "", magnitude / unit);
  if (const uint64_t rest = magnitude % unit; rest > 0) {
    std::string digits = absl::StrCat(unit + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    absl::StrAppend(&text, ".", digits);
  }
  return text;
}

// Nothing that ends the line or could steer a terminal (C0 and C1 control characters).
std::string OneLine(absl::string_view text) {
  std::string line;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<uint8_t>(text[i + 1]) : 0;
    if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
      line += ' ';
      ++i;
    } else {
      line += c < 0x20 || c == 0x7f ? ' ' : text[i];
    }
  }
  return line;
}

std::string IntegerText(const FieldDescriptor& field, int64_t value) {
  if (IsTimeField(field)) return TimeText(value);
  if (absl::EndsWith(field.name(), "_ppm")) return MillionthsText(value, 4) + "%";
  if (absl::EndsWith(field.name(), "_micros")) return MillionthsText(value, 6);
  return absl::StrCat(value);
}

// Element `index` of a repeated field, or the field itself (-1).
std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return IntegerText(field, one ? reflection.GetInt32(message, &field)
                                    : reflection.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return IntegerText(field, one ? reflection.GetInt64(message, &field)
                                    : reflection.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? reflection.GetUInt32(message, &field)
                              : reflection.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? reflection.GetUInt64(message, &field)
                              : reflection.GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? reflection.GetBool(message, &field)
                  : reflection.GetRepeatedBool(message, &field, index))
                 ? "yes"
                 : "no";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(one ? reflection.GetDouble(message, &field)
                              : reflection.GetRepeatedDouble(message, &field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(one ? reflection.GetFloat(message, &field)
                              : reflection.GetRepeatedFloat(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = one ? reflection.GetEnumValue(message, &field)
                             : reflection.GetRepeatedEnumValue(message, &field, index);
      const auto* value = field.enum_type()->FindValueByNumber(number);
      if (value == nullptr) return absl::StrCat(number);
      return number == 0 && absl::EndsWith(value->name(), "UNSPECIFIED") ? "" : value->name();
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = one ? reflection.GetString(message, &field)
                                   : reflection.GetRepeatedString(message, &field, index);
      return field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text)
                                                         : OneLine(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(one ? reflection.GetMessage(message, &field)
                             : reflection.GetRepeatedMessage(message, &field, index));
  }
  return "";
}

}  // namespace

std::string TimeText(int64_t micros) {
  if (micros == 0) return "";
  return absl::FormatTime(micros % kMicrosPerDay == 0 ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S",
                          absl::FromUnixMicros(micros), absl::UTCTimeZone());
}

absl::StatusOr<int64_t> ParseTime(absl::string_view text) {
  absl::Time time;
  std::string error;
  for (const char* format :
       {"%Y-%m-%d", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M", absl::RFC3339_full}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) {
      return absl::ToUnixMicros(time);
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no time; write 2025-03-04, \"2025-03-04 10:22\" (UTC) or "
                   "2025-03-04T10:22:00+01:00"));
}

bool IsTimeField(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_INT64) return false;
  const std::string& name = field.name();
  return absl::EndsWith(name, "_at") || absl::EndsWith(name, "_date") ||
         absl::EndsWith(name, "_until") || name == "at" || name == "time" ||
         name == "scheduled_for" || name == "from_day" || name == "to_day";
}

std::string FieldText(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    std::vector<std::string> elements;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      elements.push_back(ValueText(message, field, i));
    }
    const bool sentences =
        field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsTally(*field.message_type());
    return absl::StrJoin(elements, sentences ? "; " : ", ");
  }
  if (field.has_presence() && !reflection.HasField(message, &field)) return "";
  return ValueText(message, field, -1);
}

std::string CompactText(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  std::vector<std::string> parts;
  for (const FieldDescriptor* field : fields) {
    const std::string text = IsRaw(*field) ? "" : FieldText(message, *field);
    if (!text.empty()) parts.push_back(absl::StrCat(field->name(), " ", text));
  }
  return absl::StrJoin(parts, ", ");
}

std::vector<std::pair<std::string, std::string>> FlatFields(const Message& message,
                                                            ColumnsFor reader) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::pair<std::string, std::string>> flat;
  const auto put = [&](const std::string& name, const FieldDescriptor& field, std::string text) {
    const bool money = !field.is_repeated() && field.message_type() == v1::Money::descriptor();
    if (reader == ColumnsFor::kPerson || !money) return (void)flat.emplace_back(name, text);
    // "EUR 12.50"; what is no money stays as it is.
    const size_t space = text.find(' ') == 3 ? 3 : std::string::npos;
    const std::string currency = space == 3 ? text.substr(0, space) : "";
    flat.emplace_back(name, space == 3 ? text.substr(space + 1) : text);
    flat.emplace_back(absl::StrCat(name, ".currency"), currency);
  };
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (IsRaw(field)) continue;
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsTally(*field.message_type()) ||
        (!field.is_repeated() && IsLeafMessage(*field.message_type()))) {
      put(field.name(), field, FieldText(message, field));
    } else if (field.is_repeated()) {
      const int size = reflection.FieldSize(message, &field);
      flat.emplace_back(field.name(), size == 0 ? "" : absl::StrCat(size));
    } else {
      const Message& inner = reflection.GetMessage(message, &field);
      for (int j = 0; j < inner.GetDescriptor()->field_count(); ++j) {
        const FieldDescriptor& deeper = *inner.GetDescriptor()->field(j);
        put(absl::StrCat(field.name(), ".", deeper.name()), deeper,
            reflection.HasField(message, &field) ? FieldText(inner, deeper) : "");
      }
    }
  }
  return flat;
}

std::vector<std::string> LongText(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  std::vector<std::string> lines;
  for (const FieldDescriptor* field : fields) {
    if (IsRaw(*field)) continue;
    if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        !IsTally(*field->message_type())) {
      lines.push_back(absl::StrCat(field->name(), ":"));
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        lines.push_back(absl::StrCat("  ", ValueText(message, *field, i)));
      }
    } else {
      lines.push_back(absl::StrCat(field->name(), ": ", FieldText(message, *field)));
    }
  }
  return lines;
}

absl::StatusOr<std::unique_ptr<Message>> Unpack(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      url.substr(url.rfind('/') + 1));
  const Message* prototype =
      type == nullptr ? nullptr
                      : google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  if (prototype == nullptr) {
    return absl::InternalError(absl::StrCat("the answer holds a ", url,
                                            ", which this program does not know; use the version "
                                            "of the server, or --format json there"));
  }
  std::unique_ptr<Message> message(prototype->New());
  if (!message->ParseFromString(any.value())) {
    return absl::InternalError(absl::StrCat("the answer's ", url, " does not decode"));
  }
  return message;
}

}  // namespace revops
