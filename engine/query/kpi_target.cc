#include "engine/query/kpi_target.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<KpiTargets> KpiTargets::Read(const KpiScene& scene, const v1::Kpi& kpi) {
  KpiTargets targets(scene);
  const bool money = kpi.unit() == v1::Kpi::MONEY;
  if (!money && kpi.unit() != v1::Kpi::COUNT) return targets;
  targets.quota_ = scene.by.size() + scene.only.size() == 1 &&
                   (scene.by.empty() ? scene.only.begin()->first : scene.by[0]) == "owner";
  const std::string measure =
      absl::StrCat(targets.quota_ ? "quota_" : "target_", money ? "amount" : "count");
  if (!scene.measures.Find(measure).ok()) return targets;
  auto formula = std::make_shared<Formula>();
  formula->kind = Formula::Kind::kMeasure;
  formula->use.measure = measure;
  formula->use.over = Over::kAhead;
  formula->use.where.push_back({"kpi", {kpi.name()}});
  const std::vector<std::string> by = {targets.quota_ ? "owner" : "slice"};
  const std::map<std::string, std::string> no_filter;
  const KpiScene own{scene.cells, scene.measures, scene.book,
                     scene.rates, scene.periods,  scene.grain,
                     by,          no_filter,      scene.end_day};
  KpiValues values(own);
  RETURN_IF_ERROR(values.Read(*formula));
  const std::set<std::string> currencies = values.Currencies(*formula);
  std::string currency = scene.rates.market.target();
  if (currency.empty() && currencies.size() == 1) currency = *currencies.begin();
  for (const SliceKey& slice : values.Slices(*formula)) {
    auto& numbers = targets.by_slice_[slice[0]];
    for (int period = 0; period < scene.periods.size(); ++period) {
      numbers.push_back(values.Of(*formula, {slice, period, currency}));
    }
  }
  targets.currency_ = currency;
  return targets;
}

std::optional<Number> KpiTargets::Of(const KpiValues::At& at) const {
  if (by_slice_.empty() || currency_ != at.currency) return std::nullopt;
  std::vector<std::string> parts;
  for (size_t i = 0; i < scene_.by.size(); ++i) {
    parts.push_back(quota_ ? at.slice[i] : absl::StrCat(scene_.by[i], "=", at.slice[i]));
  }
  for (const auto& [dimension, value] : scene_.only) {
    parts.push_back(quota_ ? value : absl::StrCat(dimension, "=", value));
  }
  std::sort(parts.begin(), parts.end());
  const auto found = by_slice_.find(absl::StrJoin(parts, ", "));
  if (found == by_slice_.end()) return std::nullopt;
  const std::optional<Number>& number = found->second[static_cast<size_t>(at.period)];
  return number.has_value() && *number != 0 ? number : std::nullopt;
}

}  // namespace revops
