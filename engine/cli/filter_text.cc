#include "engine/cli/filter_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace revops {
namespace {

struct Operator {
  absl::string_view text;
  v1::Filter::Op op;
};

// Longer ones first: "<=" is no "<".
constexpr Operator kOperators[] = {
    {"!=", v1::Filter::NOT_EQUAL},
    {"<=", v1::Filter::LESS_OR_EQUAL},
    {">=", v1::Filter::GREATER_OR_EQUAL},
    {"=", v1::Filter::EQUAL},
    {"<", v1::Filter::LESS},
    {">", v1::Filter::GREATER},
    {"~", v1::Filter::CONTAINS},
};

bool IsFieldCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; }

absl::StatusOr<v1::Filter> Mistake(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no filter; write field=value (or !=, <, <=, >, >=, ~ for "
                   "contains), \"field is set\" or \"field is not set\""));
}

}  // namespace

absl::StatusOr<v1::Filter> ParseFilter(absl::string_view text) {
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  size_t length = 0;
  while (length < rest.size() && IsFieldCharacter(rest[length])) ++length;
  if (length == 0) return Mistake(text);
  v1::Filter filter;
  filter.set_field(std::string(rest.substr(0, length)));
  rest = absl::StripAsciiWhitespace(rest.substr(length));
  if (rest == "is set" || rest == "is not set") {
    filter.set_op(rest == "is set" ? v1::Filter::IS_SET : v1::Filter::IS_NOT_SET);
    return filter;
  }
  for (const Operator& known : kOperators) {
    if (!absl::ConsumePrefix(&rest, known.text)) continue;
    filter.set_op(known.op);
    filter.set_value(std::string(absl::StripAsciiWhitespace(rest)));
    return filter;
  }
  return Mistake(text);
}

}  // namespace revops
