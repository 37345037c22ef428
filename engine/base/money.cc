#include "engine/base/money.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr uint32_t Pack(const char (&code)[4]) {
  return static_cast<uint32_t>(code[0]) << 16 | static_cast<uint32_t>(code[1]) << 8 |
         static_cast<uint32_t>(code[2]);
}

// Currencies whose minor unit is not a hundredth. Source: ISO 4217, list one (2024).
struct MinorDigits {
  uint32_t currency;
  int digits;
};
constexpr MinorDigits kUncommonMinorDigits[] = {
    {Pack("BHD"), 3}, {Pack("BIF"), 0}, {Pack("CLF"), 4}, {Pack("CLP"), 0}, {Pack("DJF"), 0},
    {Pack("GNF"), 0}, {Pack("IQD"), 3}, {Pack("ISK"), 0}, {Pack("JOD"), 3}, {Pack("JPY"), 0},
    {Pack("KMF"), 0}, {Pack("KRW"), 0}, {Pack("KWD"), 3}, {Pack("LYD"), 3}, {Pack("OMR"), 3},
    {Pack("PYG"), 0}, {Pack("RWF"), 0}, {Pack("TND"), 3}, {Pack("UGX"), 0}, {Pack("UYI"), 0},
    {Pack("UYW"), 4}, {Pack("VND"), 0}, {Pack("VUV"), 0}, {Pack("XAF"), 0}, {Pack("XOF"), 0},
    {Pack("XPF"), 0},
};

uint128 Magnitude(int128 value) {
  // The smallest value has no positive twin.
  return value < 0 ? -static_cast<uint128>(value) : static_cast<uint128>(value);
}

absl::Status Overflow(int128 a, absl::string_view sign, int128 b) {
  return absl::InvalidArgumentError(
      absl::StrCat(ToDecimal(a), sign, ToDecimal(b), " does not fit 128 bits; check the amounts"));
}

absl::Status OtherCurrency(const Money& a, const Money& b) {
  return absl::InvalidArgumentError(absl::StrCat("cannot combine ", a.currency().code(), " with ",
                                                 b.currency().code(),
                                                 "; convert one of them at a dated rate first"));
}

}  // namespace

absl::StatusOr<Currency> Currency::Parse(absl::string_view code) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.empty()) {
    return absl::InvalidArgumentError(
        "the amount is missing its currency; set currency_code to an ISO 4217 code such as EUR");
  }
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), is_letter)) {
    return absl::InvalidArgumentError(
        absl::StrCat("currency \"", code.substr(0, 16),
                     "\" is not an ISO 4217 code; write three upper-case letters such as EUR"));
  }
  return Currency(static_cast<uint32_t>(code[0]) << 16 | static_cast<uint32_t>(code[1]) << 8 |
                  static_cast<uint32_t>(code[2]));
}

absl::StatusOr<Currency> Currency::FromPacked(uint32_t packed) {
  const char code[] = {static_cast<char>(packed >> 16), static_cast<char>(packed >> 8),
                       static_cast<char>(packed)};
  if (packed >> 24 != 0) {
    return absl::InvalidArgumentError(absl::StrCat("packed currency ", packed, " exceeds 24 bits"));
  }
  return Parse(absl::string_view(code, sizeof(code)));
}

std::string Currency::code() const {
  return {static_cast<char>(packed_ >> 16), static_cast<char>(packed_ >> 8 & 0xff),
          static_cast<char>(packed_ & 0xff)};
}

int Currency::minor_digits() const {
  for (const MinorDigits& entry : kUncommonMinorDigits) {
    if (entry.currency == packed_) return entry.digits;
  }
  return 2;
}

int64_t Currency::micros_per_minor() const {
  int64_t micros = kMicrosPerUnit;
  for (int digit = 0; digit < minor_digits(); ++digit) micros /= 10;
  return micros;
}

absl::StatusOr<Money> Money::FromProto(const v1::Money& proto) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(proto.currency_code()));
  const int64_t units = proto.units();
  const int32_t nanos = proto.nanos();
  if (nanos < -999'999'999 || nanos > 999'999'999) {
    return absl::InvalidArgumentError(absl::StrCat(
        "nanos ", nanos, " is outside -999999999..999999999; carry whole units into units"));
  }
  if ((units > 0 && nanos < 0) || (units < 0 && nanos > 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("units ", units, " and nanos ", nanos, " differ in sign; give both the same"));
  }
  if (nanos % 1000 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("nanos ", nanos,
                     " holds a fraction of a micro; round it to a multiple of "
                     "1000"));
  }
  return Money(currency, static_cast<int128>(units) * kMicrosPerUnit + nanos / 1000);
}

absl::StatusOr<v1::Money> Money::ToProto() const {
  const int128 units = micros_ / kMicrosPerUnit;
  if (units > std::numeric_limits<int64_t>::max() || units < std::numeric_limits<int64_t>::min()) {
    return absl::InvalidArgumentError(
        absl::StrCat(ToText(), " needs more than 64-bit units; check the amounts it adds up"));
  }
  v1::Money proto;
  proto.set_currency_code(currency_.code());
  proto.set_units(static_cast<int64_t>(units));
  proto.set_nanos(static_cast<int32_t>(micros_ % kMicrosPerUnit) * 1000);
  return proto;
}

absl::StatusOr<Money> Money::Plus(const Money& other) const {
  if (currency_ != other.currency_) return OtherCurrency(*this, other);
  ASSIGN_OR_RETURN(const int128 micros, CheckedAdd(micros_, other.micros_));
  return Money(currency_, micros);
}

absl::StatusOr<Money> Money::Minus(const Money& other) const {
  if (currency_ != other.currency_) return OtherCurrency(*this, other);
  ASSIGN_OR_RETURN(const int128 micros, CheckedSubtract(micros_, other.micros_));
  return Money(currency_, micros);
}

int128 Money::RoundedToMinor() const {
  const int64_t unit = currency_.micros_per_minor();
  const int128 whole = micros_ / unit;
  const int64_t rest = static_cast<int64_t>(micros_ % unit);
  if (rest >= unit - rest) return whole + 1;
  if (-rest >= unit + rest) return whole - 1;
  return whole;
}

absl::StatusOr<std::vector<Money>> Money::Split(absl::Span<const int64_t> weights) const {
  const int64_t unit = currency_.micros_per_minor();
  ASSIGN_OR_RETURN(const std::vector<int128> parts,
                   SplitByLargestRemainder(micros_ / unit, weights));
  std::vector<Money> shares;
  shares.reserve(parts.size());
  for (const int128 part : parts) shares.emplace_back(currency_, part * unit);
  const auto largest = std::max_element(weights.begin(), weights.end()) - weights.begin();
  shares[largest].micros_ += micros_ % unit;
  return shares;
}

std::string Money::ToText() const {
  const uint128 magnitude = Magnitude(micros_);
  std::string fraction = absl::StrCat(static_cast<int64_t>(magnitude % kMicrosPerUnit));
  fraction.insert(0, 6 - fraction.size(), '0');
  const size_t digits_min = static_cast<size_t>(currency_.minor_digits());
  while (fraction.size() > digits_min && fraction.back() == '0') fraction.pop_back();
  return absl::StrCat(currency_.code(), micros_ < 0 ? " -" : " ",
                      ToDecimal(static_cast<int128>(magnitude / kMicrosPerUnit)),
                      fraction.empty() ? "" : ".", fraction);
}

absl::StatusOr<int128> CheckedAdd(int128 a, int128 b) {
  int128 sum;
  if (__builtin_add_overflow(a, b, &sum)) return Overflow(a, " + ", b);
  return sum;
}

absl::StatusOr<int128> CheckedSubtract(int128 a, int128 b) {
  int128 difference;
  if (__builtin_sub_overflow(a, b, &difference)) return Overflow(a, " - ", b);
  return difference;
}

absl::StatusOr<std::vector<int128>> SplitByLargestRemainder(int128 amount,
                                                            absl::Span<const int64_t> weights) {
  uint64_t total = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("weight ", i, " is ", weights[i], "; weights are zero or more"));
    }
    total += static_cast<uint64_t>(weights[i]);
    if (total > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return absl::InvalidArgumentError("the weights sum to more than 2^63 - 1; scale them down");
    }
  }
  if (total == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot split by ", weights.size(),
                     " weights that sum to zero; give one that is positive"));
  }

  // amount * w / total without 192-bit arithmetic: amount = quotient * total + rest, and both
  // quotient * w <= amount and rest * w < total^2 fit 128 bits.
  const uint128 magnitude = Magnitude(amount);
  const uint128 quotient = magnitude / total;
  const uint128 rest = magnitude % total;
  std::vector<uint128> parts(weights.size());
  std::vector<uint64_t> remainders(weights.size());
  uint128 left = magnitude;
  for (size_t i = 0; i < weights.size(); ++i) {
    const uint64_t weight = static_cast<uint64_t>(weights[i]);
    parts[i] = quotient * weight + rest * weight / total;
    remainders[i] = static_cast<uint64_t>(rest * weight % total);
    left -= parts[i];
  }

  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  for (size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];

  std::vector<int128> result;
  result.reserve(parts.size());
  for (const uint128 part : parts) {
    result.push_back(static_cast<int128>(amount < 0 ? -part : part));
  }
  return result;
}

}  // namespace revops
