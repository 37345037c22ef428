// Exchange rates to the currency that an answer is given in.
//
// Flows (bookings, spend) are converted at the rate of each cell's own day, stocks at that of the
// period's end: a stock converted day by day would drift with the rate.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/query/kpi_number.h"

namespace revops {

class Rates final {
 public:
  // Empty: amounts stay as they are.
  explicit Rates(std::string target = "") : target_(std::move(target)) {}

  const std::string& target() const { return target_; }

  // One unit of `currency` is rate_e9 / 10^9 of the target from that day on.
  void Add(const std::string& currency, int32_t from_day, int64_t rate_e9);

  // Which of the currency's rates holds on the day; -1: none.
  int SegmentOf(const std::string& currency, int32_t day) const;

  // Nothing if there is no such rate.
  std::optional<Number> RateOf(const std::string& currency, int segment) const;

 private:
  std::string target_;
  // currency -> first day -> rate
  std::map<std::string, std::map<int32_t, int64_t>> rates_;
};

}  // namespace revops
