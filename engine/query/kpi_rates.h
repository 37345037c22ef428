// Exchange rates to the currency that an answer is given in.
//
// Flows (bookings, spend) are converted at the market rate of each cell's own day; stocks, targets
// and quotas at plan rates, stocks at that of the period's end: a stock converted day by day would
// drift with the rate.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/query/kpi_number.h"
#include "engine/query/look.h"

namespace revops {

class Rates final {
 public:
  // Empty: amounts stay as they are.
  explicit Rates(std::string target = "") : target_(std::move(target)) {}

  const std::string& target() const { return target_; }

  // One unit of `currency` is `rate` units of the target from that day on.
  void Add(const std::string& currency, int32_t from_day, const Number& rate) {
    rates_[currency].insert_or_assign(from_day, rate);
  }
  // Takes over the rates of currencies that have none here.
  void TakeMissing(const Rates& other);

  // Which of the currency's rates holds on the day; -1: none.
  int SegmentOf(const std::string& currency, int32_t day) const;

  // Nothing if there is no such rate.
  std::optional<Number> RateOf(const std::string& currency, int segment) const;

 private:
  std::string target_;
  // currency -> first day -> rate
  std::map<std::string, std::map<int32_t, Number>> rates_;
};

struct AllRates {
  Rates market;
  Rates plan;  // of a currency without a plan rate: the market's
};

// What the view "company" tells of rates to the currency asked for, either way round; if none is,
// to the model's, and without that either to none. Units: `now` microseconds.
// Errors: kInvalidArgument if `asked` is no currency; those of reading.
absl::StatusOr<AllRates> ReadRates(const Engine& engine, const Look& look, int64_t now,
                                   const std::string& asked);

}  // namespace revops
