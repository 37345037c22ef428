#include "engine/report/kpi_text.h"

#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace revops {
namespace {

double NumberOf(absl::string_view decimal) {
  return std::strtod(std::string(decimal).c_str(), nullptr);
}

std::string Grouped(std::string digits) {
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

// Adds one to the last digit of decimal digits with a dot somewhere.
std::string Incremented(std::string digits) {
  for (size_t i = digits.size(); i > 0; --i) {
    char& digit = digits[i - 1];
    if (digit == '.') continue;
    if (digit != '9') {
      ++digit;
      return digits;
    }
    digit = '0';
  }
  return "1" + digits;
}

std::string DurationText(absl::string_view decimal) {
  const double seconds = NumberOf(decimal);
  const double size = std::fabs(seconds);
  if (size >= 86'400) return absl::StrFormat("%.1f days", seconds / 86'400);
  if (size >= 3'600) return absl::StrFormat("%.1f h", seconds / 3'600);
  if (size >= 60) return absl::StrFormat("%.0f min", seconds / 60);
  return absl::StrFormat("%.0f s", seconds);
}

}  // namespace

std::string DecimalText(absl::string_view decimal, int decimals) {
  if (decimal.empty()) return "";
  const bool negative = decimal[0] == '-';
  std::string digits(decimal.substr(negative ? 1 : 0));
  const size_t dot = digits.find('.');
  if (dot != std::string::npos && digits.size() - dot - 1 > static_cast<size_t>(decimals)) {
    const size_t keep = dot + 1 + static_cast<size_t>(decimals);
    const bool up = digits[keep] >= '5';
    digits.resize(keep);
    if (digits.back() == '.') digits.pop_back();
    if (up) digits = Incremented(std::move(digits));
  }
  const size_t point = digits.find('.');
  const std::string fraction = point == std::string::npos ? "" : digits.substr(point);
  const std::string text = Grouped(digits.substr(0, point)) + fraction;
  const bool zero = text.find_first_not_of("0.,") == std::string::npos;
  return negative && !zero ? "-" + text : text;
}

std::string KpiText(const KpiNumber& number) {
  if (number.decimal.empty()) return "";
  if (number.unit == "ratio") return absl::StrFormat("%.1f %%", NumberOf(number.decimal) * 100);
  if (number.unit == "duration") return DurationText(number.decimal);
  std::string text = DecimalText(number.decimal, 2);
  if (number.unit != "money") return text;
  const size_t dot = text.find('.');
  if (dot != std::string::npos && text.size() - dot == 2) text += '0';  // 12.5 is 12.50
  return number.currency.empty() ? text : absl::StrCat(number.currency, " ", text);
}

std::string ChangeText(absl::string_view value, absl::string_view before, absl::string_view unit) {
  if (value.empty() || before.empty()) return "";
  const double now = NumberOf(value);
  const double then = NumberOf(before);
  if (unit == "ratio") return absl::StrFormat("%+.1f points", (now - then) * 100);
  if (then == 0) return "";
  return absl::StrFormat("%+.1f %%", (now - then) / std::fabs(then) * 100);
}

}  // namespace revops
