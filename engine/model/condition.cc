#include "engine/model/condition.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::RepeatedPtrField;
using Test = absl::FunctionRef<bool(const FieldValue&)>;

constexpr absl::string_view kPropertyPrefix = "property.";

bool IsMoney(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type() == v1::Money::descriptor();
}

bool IsTestable(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsMoney(field);
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return false;
    default:
      return true;
  }
}

// Enum values as people write them: MARKETING -> "marketing", TRAFFIC_BOT -> "traffic_bot".
bool TestEnum(const google::protobuf::EnumValueDescriptor& value, Test test) {
  if (value.number() == 0) return false;
  const std::string text = absl::AsciiStrToLower(value.name());
  return test({.text = text, .number = value.number()});
}

bool TestNumber(int64_t number, bool has_presence, Test test) {
  return (has_presence || number != 0) && test({.text = {}, .number = number});
}

bool TestField(const Message& message, const FieldDescriptor& field, Test test) {
  const auto& reflection = *message.GetReflection();
  if (field.has_presence() && !reflection.HasField(message, &field)) return false;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = reflection.GetStringReference(message, &field, &scratch);
      return !text.empty() && test({.text = text, .number = std::nullopt});
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return test(
          {.text = {},
           .number =
               static_cast<const v1::Money&>(reflection.GetMessage(message, &field)).units()});
    case FieldDescriptor::CPPTYPE_ENUM:
      return TestEnum(*reflection.GetEnum(message, &field), test);
    case FieldDescriptor::CPPTYPE_INT32:
      return TestNumber(reflection.GetInt32(message, &field), field.has_presence(), test);
    case FieldDescriptor::CPPTYPE_INT64:
      return TestNumber(reflection.GetInt64(message, &field), field.has_presence(), test);
    case FieldDescriptor::CPPTYPE_UINT32:
      return TestNumber(reflection.GetUInt32(message, &field), field.has_presence(), test);
    case FieldDescriptor::CPPTYPE_BOOL:
      return TestNumber(reflection.GetBool(message, &field) ? 1 : 0, field.has_presence(), test);
    default:
      return false;
  }
}

// A double is rounded down; what no int64 holds is the nearest one. NaN is no number.
std::optional<int64_t> Floor(double number) {
  if (std::isnan(number)) return std::nullopt;
  if (number >= 9.2e18) return INT64_MAX;
  if (number <= -9.2e18) return INT64_MIN;
  return static_cast<int64_t>(std::floor(number));
}

bool TestProperty(const v1::Property& property, Test test) {
  switch (property.value_case()) {
    case v1::Property::kText:
      return test({.text = property.text(), .number = std::nullopt});
    case v1::Property::kNumber: {
      const auto number = Floor(property.number());
      return number.has_value() && test({.text = {}, .number = number});
    }
    case v1::Property::kFlag:
      return test({.text = property.flag() ? "true" : "false", .number = property.flag() ? 1 : 0});
    case v1::Property::kTime:
      return test({.text = {}, .number = property.time()});
    case v1::Property::kMoney:
      return test({.text = {}, .number = property.money().units()});
    case v1::Property::VALUE_NOT_SET:
      return false;
  }
  return false;
}

bool TestProperties(const RepeatedPtrField<v1::Property>& properties, absl::string_view name,
                    Test test) {
  for (const auto& property : properties) {
    if (property.name() == name && TestProperty(property, test)) return true;
  }
  return false;
}

bool TestTexts(const RepeatedPtrField<std::string>& texts, Test test) {
  for (const auto& text : texts) {
    if (test({.text = text, .number = std::nullopt})) return true;
  }
  return false;
}

std::string TestableNames(const google::protobuf::Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) {
    if (IsTestable(*message.field(i))) names.push_back(message.field(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<FieldName> PropertyNamed(absl::string_view name) {
  FieldName field;
  field.kind = FieldName::Kind::kProperty;
  field.property = std::string(name.substr(kPropertyPrefix.size()));
  if (field.property.empty()) {
    return absl::InvalidArgumentError("name the property: property.NAME");
  }
  return field;
}

}  // namespace

absl::StatusOr<FieldName> EventFieldNamed(absl::string_view name) {
  if (absl::StartsWith(name, kPropertyPrefix)) return PropertyNamed(name);
  FieldName field;
  if (name == "referrer_host") {
    field.kind = FieldName::Kind::kReferrerHost;
    return field;
  }
  const auto* message = v1::Event::descriptor();
  for (absl::string_view part : absl::StrSplit(name, '.')) {
    const auto* found = message == nullptr || field.path.size() == 2
                            ? nullptr
                            : message->FindFieldByName(std::string(part));
    if (found == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "events have no such field; use one of an event (",
          TestableNames(*v1::Event::descriptor()),
          "), referrer_host, one of its parts (utm.source, webinar.minutes) or property.NAME"));
    }
    field.path.push_back(found);
    message = found->message_type();
  }
  if (!IsTestable(*field.path.back())) {
    return absl::InvalidArgumentError(message == nullptr
                                          ? "a list or bytes cannot be tested; use another field"
                                          : absl::StrCat("it has parts; name one: ", name, ".",
                                                         message->field(0)->name(), " of ",
                                                         TestableNames(*message)));
  }
  return field;
}

absl::StatusOr<FieldName> TraitFieldNamed(absl::string_view name) {
  if (absl::StartsWith(name, kPropertyPrefix)) return PropertyNamed(name);
  FieldName field;
  if (name == "persona") {
    field.kind = FieldName::Kind::kPersona;
  } else if (name == "segment") {
    field.kind = FieldName::Kind::kSegment;
  } else if (name == "target_list") {
    field.kind = FieldName::Kind::kTargetList;
  } else {
    const auto* found = v1::Traits::descriptor()->FindFieldByName(std::string(name));
    if (found == nullptr || !IsTestable(*found) || name == "snapshot") {
      return absl::InvalidArgumentError(absl::StrCat(
          "traits have no such field; use one of ", TestableNames(*v1::Traits::descriptor()),
          ", persona, segment, target_list or property.NAME"));
    }
    field.path.push_back(found);
  }
  return field;
}

bool EventFields::Any(const FieldName& field, Test test) const {
  switch (field.kind) {
    case FieldName::Kind::kReferrerHost: {
      const auto host = HostOf(event_.referrer());
      return !host.empty() && test({.text = host, .number = std::nullopt});
    }
    case FieldName::Kind::kProperty:
      return TestProperties(event_.properties(), field.property, test);
    case FieldName::Kind::kPath:
      break;
    default:
      return false;
  }
  if (field.path.size() == 1) return TestField(event_, *field.path[0], test);
  const auto& reflection = *event_.GetReflection();
  if (!reflection.HasField(event_, field.path[0])) return false;
  return TestField(reflection.GetMessage(event_, field.path[0]), *field.path[1], test);
}

bool TraitFields::Any(const FieldName& field, Test test) const {
  switch (field.kind) {
    case FieldName::Kind::kPath:
      return TestField(known_.traits, *field.path[0], test);
    case FieldName::Kind::kProperty:
      return TestProperties(known_.traits.more(), field.property, test);
    case FieldName::Kind::kPersona:
      return !known_.persona.empty() && test({.text = known_.persona, .number = std::nullopt});
    case FieldName::Kind::kSegment:
      return TestTexts(known_.segments, test);
    case FieldName::Kind::kTargetList:
      return TestTexts(known_.target_lists, test);
    case FieldName::Kind::kReferrerHost:
      return false;
  }
  return false;
}

absl::string_view HostOf(absl::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != absl::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t user = url.rfind('@');
  if (user != absl::string_view::npos) url.remove_prefix(user + 1);
  url = url.substr(0, url.find(':'));
  if (absl::StartsWithIgnoreCase(url, "www.")) url.remove_prefix(4);
  return url;
}

absl::StatusOr<std::unique_ptr<const RE2>> CompilePattern(absl::string_view pattern) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(1 << 20);
  auto compiled =
      std::make_unique<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) return absl::InvalidArgumentError(compiled->error());
  return compiled;
}

Conditions::Conditions(Of of, const RepeatedPtrField<v1::Condition>& when,
                       const RepeatedPtrField<v1::Condition>& unless)
    : when_(Compile(of, when)), unless_(Compile(of, unless)) {}

std::vector<Conditions::Test> Conditions::Compile(Of of,
                                                  const RepeatedPtrField<v1::Condition>& list) {
  std::vector<Test> tests;
  for (const auto& condition : list) {
    Test test;
    auto field =
        of == Of::kEvent ? EventFieldNamed(condition.field()) : TraitFieldNamed(condition.field());
    REVOPS_CHECK(field.ok());
    test.field = *std::move(field);
    test.equals.assign(condition.equals().begin(), condition.equals().end());
    if (!condition.matches().empty()) {
      auto pattern = CompilePattern(condition.matches());
      REVOPS_CHECK(pattern.ok());
      test.matches = *std::move(pattern);
    }
    if (condition.has_at_least()) test.at_least = condition.at_least();
    if (condition.has_at_most()) test.at_most = condition.at_most();
    if (condition.has_present()) test.present = condition.present();
    tests.push_back(std::move(test));
  }
  return tests;
}

bool Conditions::Test::Holds(const FieldSource& source) const {
  if (present.has_value()) {
    return source.Any(field, [](const FieldValue&) { return true; }) == *present;
  }
  return source.Any(field, [this](const FieldValue& value) {
    if (at_least.has_value() || at_most.has_value()) {
      return value.number.has_value() && (!at_least || *value.number >= *at_least) &&
             (!at_most || *value.number <= *at_most);
    }
    std::string digits;
    absl::string_view text = value.text;
    if (text.empty() && value.number.has_value()) text = digits = absl::StrCat(*value.number);
    if (matches != nullptr) {
      return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *matches);
    }
    for (const auto& wanted : equals) {
      if (absl::EqualsIgnoreCase(text, wanted)) return true;
    }
    return false;
  });
}

bool Conditions::Hold(const FieldSource& source) const {
  for (const auto& test : when_) {
    if (!test.Holds(source)) return false;
  }
  for (const auto& test : unless_) {
    if (test.Holds(source)) return false;
  }
  return true;
}

}  // namespace revops
