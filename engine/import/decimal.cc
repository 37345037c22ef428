#include "engine/import/decimal.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr int kDigitsMax = 38;  // 10^38 < 2^127
constexpr int kExponentMax = 40;

absl::Status NotANumber(absl::string_view text, const DecimalForm& form) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text.substr(0, 64), "\" is not a number; write digits with \"",
      absl::string_view(&form.decimal_mark, 1), "\" before the decimals",
      form.group_mark == '\0' ? std::string(" and no mark between groups (or set group_mark)")
                              : absl::StrCat(" and \"", absl::string_view(&form.group_mark, 1),
                                             "\" between groups of three")));
}

// The digits before the decimal mark, without group marks; false if these stand wrong.
bool TakeWhole(absl::string_view& rest, char group_mark, std::string& digits) {
  size_t in_group = 0;
  bool grouped = false;
  while (!rest.empty()) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(rest[0]))) {
      digits.push_back(rest[0]);
      ++in_group;
    } else if (group_mark != '\0' && rest[0] == group_mark) {
      if (in_group == 0 || in_group > 3 || (grouped && in_group != 3)) return false;
      grouped = true;
      in_group = 0;
    } else {
      break;
    }
    rest.remove_prefix(1);
  }
  return !grouped || in_group == 3;
}

}  // namespace

absl::StatusOr<int128> ParseDecimal(absl::string_view text, const DecimalForm& form) {
  absl::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  std::string digits;
  if (!TakeWhole(rest, form.group_mark, digits)) return NotANumber(text, form);
  int exponent = form.decimals;
  if (!rest.empty() && rest[0] == form.decimal_mark) {
    rest.remove_prefix(1);
    while (!rest.empty() && absl::ascii_isdigit(static_cast<unsigned char>(rest[0]))) {
      digits.push_back(rest[0]);
      rest.remove_prefix(1);
      if (exponent > -100'000) --exponent;
    }
  }
  if (digits.empty()) return NotANumber(text, form);
  if (!rest.empty() && (rest[0] == 'e' || rest[0] == 'E')) {
    int written = 0;
    rest.remove_prefix(1);
    if (!absl::SimpleAtoi(rest, &written) || absl::ascii_isspace(rest[0]) ||
        written < -kExponentMax || written > kExponentMax) {
      return NotANumber(text, form);
    }
    exponent += written;
    rest = {};
  }
  if (!rest.empty()) return NotANumber(text, form);

  for (; exponent < 0 && !digits.empty(); ++exponent) {
    if (digits.back() != '0') {
      return absl::InvalidArgumentError(absl::StrCat("\"", text.substr(0, 64), "\" has more than ",
                                                     form.decimals,
                                                     " decimals; round it in the source"));
    }
    digits.pop_back();
  }
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return int128{0};
  if (digits.size() + static_cast<size_t>(exponent) > kDigitsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text.substr(0, 64), "\" is too large; it must stay within ", kDigitsMax, " digits"));
  }
  int128 value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  for (; exponent > 0; --exponent) value *= 10;
  return negative ? -value : value;
}

}  // namespace revops
