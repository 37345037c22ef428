#include "engine/query/kpi_rates.h"

#include <iterator>

namespace revops {

void Rates::Add(const std::string& currency, int32_t from_day, int64_t rate_e9) {
  rates_[currency][from_day] = rate_e9;
}

int Rates::SegmentOf(const std::string& currency, int32_t day) const {
  if (target_.empty() || currency == target_) return 0;
  const auto found = rates_.find(currency);
  if (found == rates_.end()) return -1;
  return static_cast<int>(std::distance(found->second.begin(), found->second.upper_bound(day))) - 1;
}

std::optional<Number> Rates::RateOf(const std::string& currency, int segment) const {
  if (target_.empty() || currency == target_) return Number(1);
  const auto found = rates_.find(currency);
  if (found == rates_.end() || segment < 0 || segment >= static_cast<int>(found->second.size())) {
    return std::nullopt;
  }
  return NumberOf(std::next(found->second.begin(), segment)->second) / Number(1'000'000'000);
}

}  // namespace revops
