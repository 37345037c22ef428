#include "engine/query/row_value.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "engine/base/calendar.h"
#include "engine/base/money.h"
#include "engine/event/id.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;

absl::Status Unreadable(const FieldDescriptor& field, absl::string_view text,
                        absl::string_view how) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no ", NameOf(TypeOf(field)),
                                                 " for the field ", field.name(), "; write ", how));
}

bool ParseWhole(absl::string_view text, int128& whole) {
  int64_t narrow;
  uint64_t wide;
  if (absl::SimpleAtoi(text, &narrow)) {
    whole = narrow;
    return true;
  }
  if (!absl::SimpleAtoi(text, &wide)) return false;
  whole = static_cast<int128>(wide);
  return true;
}

// "-1200.50" in micros; at most six decimals.
bool ParseMicros(absl::string_view text, int128& micros) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('.', 1));
  uint64_t units;
  if (parts.first.empty() || !absl::ascii_isdigit(parts.first[0])) return false;
  if (!absl::SimpleAtoi(parts.first, &units) || parts.second.size() > 6) return false;
  uint64_t below = 0;
  int64_t scale = kMicrosPerUnit;
  for (const char digit : parts.second) {
    if (!absl::ascii_isdigit(digit)) return false;
    below = below * 10 + static_cast<uint64_t>(digit - '0');
    scale /= 10;
  }
  micros = static_cast<int128>(units) * kMicrosPerUnit + static_cast<int128>(below) * scale;
  if (negative) micros = -micros;
  return true;
}

bool ParseInstant(absl::string_view text, const Zone& zone, int128& micros) {
  if (ParseWhole(text, micros)) return true;
  if (const auto day = ParseDay(text); day.ok()) {
    micros = zone.DayStart(*day);
    return true;
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return false;
  micros = absl::ToUnixMicros(time);
  return true;
}

int128 ReadWhole(const google::protobuf::Message& message, const FieldDescriptor& field,
                 int index) {
  const google::protobuf::Reflection& of = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? of.GetInt64(message, &field) : of.GetRepeatedInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? of.GetInt32(message, &field) : of.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return one ? of.GetUInt64(message, &field) : of.GetRepeatedUInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? of.GetUInt32(message, &field) : of.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_BOOL:
      return one ? of.GetBool(message, &field) : of.GetRepeatedBool(message, &field, index);
    default:
      return one ? of.GetEnumValue(message, &field)
                 : of.GetRepeatedEnumValue(message, &field, index);
  }
}

template <typename T>
int Sign(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

absl::StatusOr<RowValue> ParseValue(const FieldDescriptor& field, absl::string_view text,
                                    const Zone& zone) {
  RowValue value;
  value.type = TypeOf(field);
  switch (value.type) {
    case FieldType::kText:
      value.text.assign(text.data(), text.size());
      return value;
    case FieldType::kInteger:
      if (ParseWhole(text, value.whole)) return value;
      return Unreadable(field, text, "digits");
    case FieldType::kNumber:
      if (absl::SimpleAtod(text, &value.number)) return value;
      return Unreadable(field, text, "a number such as 1.5");
    case FieldType::kBool:
      value.whole = text == "true" ? 1 : 0;
      if (text == "true" || text == "false") return value;
      return Unreadable(field, text, "true or false");
    case FieldType::kTime:
      if (ParseInstant(text, zone, value.whole)) return value;
      return Unreadable(field, text,
                        "microseconds, 2024-02-29T12:00:00Z, or a day as in 2024-02-29");
    case FieldType::kMoney: {
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(text, absl::MaxSplits(' ', 1));
      const bool has_currency = !parts.second.empty();
      if (has_currency) value.text.assign(parts.first.data(), parts.first.size());
      if ((!has_currency || Currency::Parse(value.text).ok()) &&
          ParseMicros(has_currency ? parts.second : parts.first, value.whole)) {
        return value;
      }
      return Unreadable(field, text, "an amount as in EUR 1200.50, or 1200.50 of any currency");
    }
    case FieldType::kId: {
      const auto id = ParseId(text);
      if (!id.ok()) return id.status();
      value.text = id->bytes();
      return value;
    }
    case FieldType::kEnum: {
      const google::protobuf::EnumDescriptor& names = *field.enum_type();
      std::vector<std::string> offered;
      for (int i = 0; i < names.value_count(); ++i) {
        value.whole = names.value(i)->number();
        if (absl::EqualsIgnoreCase(names.value(i)->name(), text)) return value;
        offered.push_back(names.value(i)->name());
      }
      return Unreadable(field, text, absl::StrCat("one of: ", absl::StrJoin(offered, ", ")));
    }
    case FieldType::kBytes:
    case FieldType::kMessage:
      break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the field ", field.name(), " is of type ", NameOf(value.type),
                   ", which has no value to compare with; name a field within it, or ask IS_SET"));
}

RowValue ReadValue(const google::protobuf::Message& message, const FieldDescriptor& field,
                   int index) {
  const google::protobuf::Reflection& of = *message.GetReflection();
  RowValue value;
  value.type = TypeOf(field);
  switch (value.type) {
    case FieldType::kText:
      value.text =
          index < 0 ? of.GetString(message, &field) : of.GetRepeatedString(message, &field, index);
      break;
    case FieldType::kNumber:
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
        value.number =
            index < 0 ? of.GetFloat(message, &field) : of.GetRepeatedFloat(message, &field, index);
      } else {
        value.number = index < 0 ? of.GetDouble(message, &field)
                                 : of.GetRepeatedDouble(message, &field, index);
      }
      break;
    case FieldType::kMoney:
    case FieldType::kId: {
      const google::protobuf::Message& part = index < 0
                                                  ? of.GetMessage(message, &field)
                                                  : of.GetRepeatedMessage(message, &field, index);
      if (value.type == FieldType::kId) {
        const auto& id = static_cast<const v1::Id&>(part);
        value.text = CheckId(id).ok() ? Id(id).bytes() : "";
      } else {
        const auto& money = static_cast<const v1::Money&>(part);
        value.text = money.currency_code();
        value.whole = static_cast<int128>(money.units()) * kMicrosPerUnit + money.nanos() / 1000;
      }
      break;
    }
    default:
      value.whole = ReadWhole(message, field, index);
  }
  return value;
}

int Compare(const RowValue& a, const RowValue& b) {
  switch (a.type) {
    case FieldType::kText:
    case FieldType::kId:
      return Sign(a.text, b.text);
    case FieldType::kNumber:
      return Sign(a.number, b.number);
    default:
      return Sign(a.whole, b.whole);
  }
}

}  // namespace revops
