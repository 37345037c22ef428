#include "engine/query/kpi_target.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/query/lists.h"
#include "engine/query/views.h"
#include "revops/v1/views.pb.h"

namespace revops {

namespace {

constexpr char kView[] = "company";
constexpr char kIndex[] = "targets";
constexpr int64_t kMillion = 1'000'000;

std::string SliceText(const v1::Target& target) {
  std::vector<std::string> parts;
  for (const auto& part : target.slice()) {
    parts.push_back(absl::StrCat(part.name(), "=", part.text()));
  }
  if (parts.empty() && target.owners_size() == 1) {
    parts.push_back(absl::StrCat("owner=", target.owners(0)));
  }
  std::sort(parts.begin(), parts.end());
  return absl::StrJoin(parts, ", ");
}

}  // namespace

bool HasAgreedRatio(v1::Kpi::Unit unit) {
  return unit == v1::Kpi::RATIO || unit == v1::Kpi::NUMBER || unit == v1::Kpi::DURATION;
}

absl::StatusOr<AgreedRatios> ReadAgreedRatios(const Engine& engine, const Look& look, int64_t now) {
  AgreedRatios ratios;
  if (!FindView(engine.registry(), kView).ok()) return ratios;
  v1::ListRequest request;
  request.set_view(kView);
  request.set_index(kIndex);
  request.set_page_size(1000);
  do {
    ASSIGN_OR_RETURN(const v1::ListResponse page, ListRows(engine, look, now, request));
    for (const v1::Row& row : page.rows()) {
      v1::CompanyView view;
      if (!row.value().UnpackTo(&view) || !view.target().has_ratio_ppm()) continue;
      const v1::Target& target = view.target();
      const RevenueModel& model = engine.model();
      const int32_t first =
          model.DayOf(target.from_day() != 0 ? target.from_day() : view.changed_at());
      const int32_t end = target.to_day() != 0 ? model.DayOf(target.to_day()) : first + 1;
      ratios.push_back({target.kpi(),
                        SliceText(target),
                        {first, end},
                        Number(target.ratio_ppm()) / Number(kMillion)});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  std::stable_sort(ratios.begin(), ratios.end(), [](const AgreedRatio& a, const AgreedRatio& b) {
    return a.days.first_day < b.days.first_day;
  });
  return ratios;
}

absl::StatusOr<KpiTargets> KpiTargets::Read(const KpiScene& scene, const v1::Kpi& kpi,
                                            const AgreedRatios& ratios) {
  KpiTargets targets(scene);
  const bool money = kpi.unit() == v1::Kpi::MONEY;
  if (HasAgreedRatio(kpi.unit())) {
    targets.any_currency_ = true;
    for (const AgreedRatio& agreed : ratios) {
      if (agreed.kpi != kpi.name()) continue;
      auto& numbers = targets.by_slice_[agreed.slice];
      numbers.resize(static_cast<size_t>(scene.periods.size()));
      for (int period = 0; period < scene.periods.size(); ++period) {
        if (!agreed.days.contains(scene.periods.days(period).end_day - 1)) continue;
        numbers[static_cast<size_t>(period)] = agreed.ratio;
      }
    }
    return targets;
  }
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
  const KpiScene own{scene.cells,   scene.measures, scene.book, scene.rates,
                     scene.periods, scene.grain,    by,         no_filter,
                     scene.end_day, scene.zone,     scene.at};
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
  if (by_slice_.empty() || (!any_currency_ && currency_ != at.currency)) return std::nullopt;
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
