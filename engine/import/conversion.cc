#include "engine/import/conversion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "google/protobuf/message.h"

namespace revops {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMicroDecimals = 6;
constexpr int kShiftMax = 9;

absl::Status NotAText(absl::string_view what, absl::string_view text, absl::string_view remedy) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text.substr(0, 64), "\" is ", what, "; ", remedy));
}

absl::Status Unfit(absl::string_view form, const FieldDescriptor& field) {
  return absl::InvalidArgumentError(absl::StrCat(form, " does not fit ",
                                                 field.full_name().substr(sizeof("revops.v1")),
                                                 "; remove it or set another field"));
}

absl::Status TakeMark(absl::string_view name, const std::string& text, char& mark) {
  if (text.empty()) return absl::OkStatus();
  if (text.size() != 1 || absl::ascii_isalnum(static_cast<unsigned char>(text[0])) ||
      text[0] == '-' || text[0] == '+') {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " \"", text, "\": write one character such as , or ."));
  }
  mark = text[0];
  return absl::OkStatus();
}

bool Is(const Descriptor* type, const Descriptor* expected) { return type == expected; }

std::string NamesOf(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(type.value(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<Conversion> Conversion::Compile(const v1::Mapping& mapping,
                                               const v1::Mapping::Field& field,
                                               const FieldPath& path, ColumnSet& columns) {
  Conversion conversion;
  conversion.path_ = path;
  conversion.field_ = field;
  conversion.source_ = mapping.source();
  conversion.sets_precision_ = path.text() == "occurred_at";
  RETURN_IF_ERROR(conversion.CheckForms(field));
  if (field.has_time()) {
    ASSIGN_OR_RETURN(conversion.time_, TimeText::Compile(field.time(), mapping.zone()));
  }
  if (field.has_money()) RETURN_IF_ERROR(conversion.CompileMoney(field.money(), columns));
  if (field.has_number()) {
    RETURN_IF_ERROR(TakeMark("number.decimal_mark", field.number().decimal_mark(),
                             conversion.decimal_.decimal_mark));
    RETURN_IF_ERROR(
        TakeMark("number.group_mark", field.number().group_mark(), conversion.decimal_.group_mark));
  }
  if (conversion.decimal_.decimal_mark == conversion.decimal_.group_mark) {
    return absl::InvalidArgumentError("decimal_mark and group_mark are the same; make them differ");
  }
  for (const std::string& text : field.flag().true_text()) {
    conversion.true_texts_.insert(absl::AsciiStrToLower(text));
  }
  for (const std::string& text : field.flag().false_text()) {
    conversion.false_texts_.insert(absl::AsciiStrToLower(text));
  }
  if (conversion.true_texts_.empty()) conversion.true_texts_ = {"true", "yes", "1"};
  if (conversion.false_texts_.empty()) conversion.false_texts_ = {"false", "no", "0"};
  return conversion;
}

absl::Status Conversion::CheckForms(const v1::Mapping::Field& field) const {
  const FieldDescriptor& leaf = path_.leaf();
  const Descriptor* type = leaf.message_type();
  const bool is_property = Is(type, v1::Property::descriptor());
  if (leaf.type() == FieldDescriptor::TYPE_BYTES) {
    return absl::InvalidArgumentError(
        absl::StrCat(leaf.name(), " holds bytes, which no text becomes; set another field"));
  }
  if (type != nullptr) {
    if (Is(type, v1::Money::descriptor()) && !field.has_money()) {
      return absl::InvalidArgumentError(absl::StrCat(
          leaf.name(), " holds money; add money { currency: \"EUR\" } or set one of its fields"));
    }
    if (Is(type, v1::Id::descriptor()) && !field.has_id()) {
      return absl::InvalidArgumentError(absl::StrCat(
          leaf.name(), " holds an id; add id { kind: ACCOUNT } (or CONTACT, LEAD, ...)"));
    }
    if (Is(type, v1::Id::descriptor()) && field.id().kind() == v1::ID_KIND_UNSPECIFIED) {
      return absl::InvalidArgumentError("id.kind is missing; write ACCOUNT, CONTACT, LEAD, ...");
    }
    if (is_property && field.property().name().empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(leaf.name(), " holds a property; add property { name: \"...\" }"));
    }
    if (!is_property && !Is(type, v1::Money::descriptor()) && !Is(type, v1::Id::descriptor())) {
      return absl::InvalidArgumentError(absl::StrCat(leaf.name(), " holds a ", type->name(),
                                                     "; set its fields one by one, as in ",
                                                     path_.text(), ".", type->field(0)->name()));
    }
  }
  if (is_property &&
      field.has_time() + field.has_money() + field.has_number() + field.has_flag() > 1) {
    return absl::InvalidArgumentError(
        "a property is one of time, money, number and flag; keep the one that is meant");
  }
  const bool is_time = leaf.type() == FieldDescriptor::TYPE_INT64;
  const FieldDescriptor::CppType cpp = leaf.cpp_type();
  const bool is_number =
      cpp == FieldDescriptor::CPPTYPE_INT32 || is_time || cpp == FieldDescriptor::CPPTYPE_UINT32 ||
      cpp == FieldDescriptor::CPPTYPE_UINT64 || cpp == FieldDescriptor::CPPTYPE_DOUBLE;
  if (field.has_time() && !is_time && !is_property) return Unfit("time", leaf);
  if (field.has_number() && !is_number && !is_property) return Unfit("number", leaf);
  if (field.has_time() && field.has_number()) return Unfit("time with number", leaf);
  if (field.has_money() && !is_property && !Is(type, v1::Money::descriptor())) {
    return Unfit("money", leaf);
  }
  if (field.has_id() && !Is(type, v1::Id::descriptor())) return Unfit("id", leaf);
  if (field.has_property() && !is_property) return Unfit("property", leaf);
  if (field.has_flag() && !is_property && cpp != FieldDescriptor::CPPTYPE_BOOL) {
    return Unfit("flag", leaf);
  }
  return absl::OkStatus();
}

absl::Status Conversion::CompileMoney(const v1::Mapping::MoneyForm& form, ColumnSet& columns) {
  if (form.currency().empty() == form.currency_column().empty()) {
    return absl::InvalidArgumentError(
        "money takes exactly one of currency and currency_column; set the one that is meant");
  }
  if (!form.currency().empty()) RETURN_IF_ERROR(Currency::Parse(form.currency()).status());
  if (!form.currency_column().empty()) currency_cell_ = columns.PlaceOf(form.currency_column());
  if (form.shift_decimals() < -kShiftMax || form.shift_decimals() > kShiftMax) {
    return absl::InvalidArgumentError(absl::StrCat("money.shift_decimals ", form.shift_decimals(),
                                                   " is outside -", kShiftMax, "..", kShiftMax));
  }
  RETURN_IF_ERROR(TakeMark("money.decimal_mark", form.decimal_mark(), decimal_.decimal_mark));
  return TakeMark("money.group_mark", form.group_mark(), decimal_.group_mark);
}

absl::Status Conversion::Apply(absl::string_view text, const Row& row, v1::Event& event) const {
  Message& parent = path_.Parent(event);
  const FieldDescriptor& leaf = path_.leaf();
  if (leaf.message_type() == nullptr) {
    RETURN_IF_ERROR(SetScalar(text, parent));
    if (sets_precision_ && time_.has_value() && time_->precision() > v1::INSTANT) {
      event.set_occurred_precision(time_->precision());
      event.set_zone(time_->zone());
    }
    return absl::OkStatus();
  }
  const Reflection& reflection = *parent.GetReflection();
  if (!leaf.is_repeated()) return SetMessage(text, row, *reflection.MutableMessage(&parent, &leaf));
  if (path_.appends()) return SetMessage(text, row, *reflection.AddMessage(&parent, &leaf));
  const int index = *path_.steps().back().index;
  while (reflection.FieldSize(parent, &leaf) <= index) reflection.AddMessage(&parent, &leaf);
  return SetMessage(text, row, *reflection.MutableRepeatedMessage(&parent, &leaf, index));
}

absl::StatusOr<int128> Conversion::Integer(absl::string_view text) const {
  if (time_.has_value()) {
    ASSIGN_OR_RETURN(const int64_t micros, time_->Parse(text));
    return int128{micros};
  }
  return ParseDecimal(text, decimal_);
}

absl::Status Conversion::SetScalar(absl::string_view text, Message& parent) const {
  const FieldDescriptor* leaf = &path_.leaf();
  const Reflection& reflection = *parent.GetReflection();
  const bool append = path_.appends();
  const auto set_integer = [&](int128 low, int128 high, auto set) -> absl::Status {
    ASSIGN_OR_RETURN(const int128 value, Integer(text));
    if (value < low || value > high) {
      return NotAText("out of range", text,
                      absl::StrCat("it must be within ", ToDecimal(low), "..", ToDecimal(high)));
    }
    set(value);
    return absl::OkStatus();
  };
  switch (leaf->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      append ? reflection.AddString(&parent, leaf, std::string(text))
             : reflection.SetString(&parent, leaf, std::string(text));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT64:
      return set_integer(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(),
                         [&](int128 value) {
                           append ? reflection.AddInt64(&parent, leaf, static_cast<int64_t>(value))
                                  : reflection.SetInt64(&parent, leaf, static_cast<int64_t>(value));
                         });
    case FieldDescriptor::CPPTYPE_INT32:
      return set_integer(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(),
                         [&](int128 value) {
                           append ? reflection.AddInt32(&parent, leaf, static_cast<int32_t>(value))
                                  : reflection.SetInt32(&parent, leaf, static_cast<int32_t>(value));
                         });
    case FieldDescriptor::CPPTYPE_UINT32:
      return set_integer(0, std::numeric_limits<uint32_t>::max(), [&](int128 value) {
        append ? reflection.AddUInt32(&parent, leaf, static_cast<uint32_t>(value))
               : reflection.SetUInt32(&parent, leaf, static_cast<uint32_t>(value));
      });
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(text, parent);
    case FieldDescriptor::CPPTYPE_BOOL: {
      ASSIGN_OR_RETURN(const bool value, Bool(text));
      append ? reflection.AddBool(&parent, leaf, value) : reflection.SetBool(&parent, leaf, value);
      return absl::OkStatus();
    }
    default:
      return absl::InvalidArgumentError(
          absl::StrCat(leaf->name(), " cannot be set from text; use property { ... } instead"));
  }
}

absl::Status Conversion::SetEnum(absl::string_view text, Message& parent) const {
  const FieldDescriptor* leaf = &path_.leaf();
  const EnumDescriptor& type = *leaf->enum_type();
  // "No decision" is NO_DECISION.
  std::string name = absl::AsciiStrToUpper(text);
  for (char& c : name) {
    if (c == ' ' || c == '-') c = '_';
  }
  const auto* value = type.FindValueByName(name);
  if (value == nullptr || value->number() == 0) {
    return NotAText(absl::StrCat("no ", type.name()), text,
                    absl::StrCat("rename it in the mapping to one of ", NamesOf(type)));
  }
  const Reflection& reflection = *parent.GetReflection();
  path_.appends() ? reflection.AddEnum(&parent, leaf, value)
                  : reflection.SetEnum(&parent, leaf, value);
  return absl::OkStatus();
}

absl::StatusOr<bool> Conversion::Bool(absl::string_view text) const {
  const std::string lower = absl::AsciiStrToLower(text);
  if (true_texts_.contains(lower)) return true;
  if (false_texts_.contains(lower)) return false;
  return NotAText("neither true nor false", text,
                  "correct it or list it in flag.true_text or flag.false_text");
}

absl::Status Conversion::SetMessage(absl::string_view text, const Row& row,
                                    Message& message) const {
  if (message.GetDescriptor() == v1::Money::descriptor()) {
    return ToMoney(text, row, static_cast<v1::Money&>(message));
  }
  if (message.GetDescriptor() == v1::Id::descriptor()) {
    return ToId(text, static_cast<v1::Id&>(message));
  }
  return ToProperty(text, row, static_cast<v1::Property&>(message));
}

absl::Status Conversion::ToMoney(absl::string_view text, const Row& row, v1::Money& money) const {
  std::string code = field_.money().currency();
  if (currency_cell_.has_value()) {
    if (!row.cells[*currency_cell_].has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("the amount has no currency: column \"",
                                                     field_.money().currency_column(),
                                                     "\" is empty; fill it in"));
    }
    code = absl::AsciiStrToUpper(*row.cells[*currency_cell_]);
  }
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(code));
  DecimalForm form = decimal_;
  form.decimals = kMicroDecimals + field_.money().shift_decimals();
  int128 micros = 0;
  if (field_.money().round()) {
    constexpr int kFiner = 9;  // digits that may be rounded away
    form.decimals = std::max(0, std::min(18, form.decimals + kFiner));
    ASSIGN_OR_RETURN(micros, ParseDecimal(text, form));
    int128 unit = 1;
    for (int i = kMicroDecimals + field_.money().shift_decimals(); i < form.decimals; ++i) {
      unit *= 10;
    }
    micros = (micros + (micros < 0 ? -unit / 2 : unit / 2)) / unit;
  } else if (form.decimals >= 0) {
    ASSIGN_OR_RETURN(micros, ParseDecimal(text, form));
  } else {
    // 10^shift smaller than a micro per unit of the text: what is cut off must be zero.
    form.decimals = 0;
    ASSIGN_OR_RETURN(micros, ParseDecimal(text, form));
    for (int i = kMicroDecimals + field_.money().shift_decimals(); i < 0; ++i) {
      if (micros % 10 != 0) {
        return NotAText("finer than a millionth", text, "round it in the source");
      }
      micros /= 10;
    }
  }
  ASSIGN_OR_RETURN(money, Money(currency, micros).ToProto());
  return absl::OkStatus();
}

absl::Status Conversion::ToId(absl::string_view text, v1::Id& id) const {
  id.set_kind(field_.id().kind());
  id.set_namespace_(field_.id().namespace_().empty() ? source_ : field_.id().namespace_());
  id.set_value(std::string(text));
  return CheckId(id);
}

absl::Status Conversion::ToProperty(absl::string_view text, const Row& row,
                                    v1::Property& property) const {
  property.set_name(field_.property().name());
  if (time_.has_value()) {
    ASSIGN_OR_RETURN(const int64_t micros, time_->Parse(text));
    property.set_time(micros);
  } else if (field_.has_money()) {
    return ToMoney(text, row, *property.mutable_money());
  } else if (field_.has_flag()) {
    ASSIGN_OR_RETURN(const bool flag, Bool(text));
    property.set_flag(flag);
  } else if (field_.has_number()) {
    // The one place where the contract asks for a double.
    std::string plain;
    for (const char c : text) {
      if (c != decimal_.group_mark) plain.push_back(c == decimal_.decimal_mark ? '.' : c);
    }
    double number = 0;
    if (!absl::SimpleAtod(plain, &number) || !std::isfinite(number)) {
      return NotAText("not a number", text, "correct it, or map it as a text without number");
    }
    property.set_number(number);
  } else {
    property.set_text(std::string(text));
  }
  return absl::OkStatus();
}

}  // namespace revops
