// Money as the engine counts it: a currency and 128-bit integer micros. Exact, checked, never a
// floating point number.
//
// On the wire money has the shape of google.type.Money (units and nanos); credits are split in the
// currency's minor unit (cents, yen, fils).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/int128.h"
#include "revops/v1/event.pb.h"

namespace revops {

// One unit of a currency in micros.
inline constexpr int64_t kMicrosPerUnit = 1'000'000;

// An ISO 4217 alphabetic code. Ordered as its text is.
class Currency final {
 public:
  // Takes three upper-case letters, also of a code this program does not list: currencies are
  // introduced more often than programs are installed.
  // Errors: kInvalidArgument for anything else.
  static absl::StatusOr<Currency> Parse(absl::string_view code);

  // The three letters in 24 bits, first letter highest; the two are inverse.
  // on disk: never change.
  uint32_t packed() const { return packed_; }
  static absl::StatusOr<Currency> FromPacked(uint32_t packed);

  std::string code() const;

  // Decimal digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD; 2 for codes not listed.
  // Source: ISO 4217, list one, column "Minor unit".
  int minor_digits() const;

  // Micros in one minor unit: 10,000 for EUR.
  int64_t micros_per_minor() const;

  friend bool operator==(Currency a, Currency b) { return a.packed_ == b.packed_; }
  friend bool operator!=(Currency a, Currency b) { return a.packed_ != b.packed_; }
  friend bool operator<(Currency a, Currency b) { return a.packed_ < b.packed_; }

 private:
  explicit Currency(uint32_t packed) : packed_(packed) {}

  uint32_t packed_;
};

// An amount in one currency.
class Money final {
 public:
  Money(Currency currency, int128 micros) : currency_(currency), micros_(micros) {}

  // Reads the wire's form.
  // Errors: kInvalidArgument if the currency is missing or malformed, nanos lie outside
  // -999,999,999..999,999,999, differ in sign from units or hold a fraction of a micro.
  static absl::StatusOr<Money> FromProto(const v1::Money& proto);

  // Writes the wire's form.
  // Errors: kInvalidArgument if the amount needs more than 64-bit units.
  absl::StatusOr<v1::Money> ToProto() const;

  Currency currency() const { return currency_; }
  int128 micros() const { return micros_; }

  // Sum and difference.
  // Errors: kInvalidArgument if the currencies differ or the result leaves 128 bits.
  absl::StatusOr<Money> Plus(const Money& other) const;
  absl::StatusOr<Money> Minus(const Money& other) const;

  // The amount in minor units, rounded half away from zero.
  int128 RoundedToMinor() const;

  // Shares in proportion to `weights`, which sum to exactly this amount. Whole minor units go by
  // largest remainder; what lies below a minor unit goes to the first of the largest weights.
  // Errors: as SplitByLargestRemainder.
  absl::StatusOr<std::vector<Money>> Split(absl::Span<const int64_t> weights) const;

  // "EUR 1234.50": at least the minor unit's digits, more if the amount needs them.
  std::string ToText() const;

  friend bool operator==(const Money& a, const Money& b) {
    return a.currency_ == b.currency_ && a.micros_ == b.micros_;
  }
  friend bool operator!=(const Money& a, const Money& b) { return !(a == b); }

 private:
  Currency currency_;
  int128 micros_;
};

// Sum and difference of 128-bit integers.
// Errors: kInvalidArgument if the result leaves 128 bits.
absl::StatusOr<int128> CheckedAdd(int128 a, int128 b);
absl::StatusOr<int128> CheckedSubtract(int128 a, int128 b);

// Cuts `amount` into one integer part per weight, in proportion, such that the parts sum to exactly
// `amount`: each part is the exact share rounded towards zero, and what is left goes one by one to
// the largest fractions, the lower index first among equals. A negative amount splits as the
// positive one does, negated. Source: the largest remainder (Hamilton) method.
// Errors: kInvalidArgument if there are no weights, one is negative, or their sum is zero or
// exceeds 2^63 - 1.
absl::StatusOr<std::vector<int128>> SplitByLargestRemainder(int128 amount,
                                                            absl::Span<const int64_t> weights);

}  // namespace revops
