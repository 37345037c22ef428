// What was agreed that a KPI should be: targets of the company and its slices, quotas of owners.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/query/kpi_values.h"

namespace revops {

// Whether what is agreed for a KPI of that unit is one figure for all of a period (ratio_ppm), not
// a sum over its days: ratios, numbers and durations.
bool HasAgreedRatio(v1::Kpi::Unit unit);

// A ratio that was agreed for a KPI; of a duration its seconds.
struct AgreedRatio {
  std::string kpi;
  std::string slice;  // "region=emea, team=sales"; of one owner alone: "owner=ann"
  DayRange days;
  Number ratio;
};
using AgreedRatios = std::vector<AgreedRatio>;  // by first day

// What the view "company" tells of them. Units: `now` microseconds. Errors: those of reading.
absl::StatusOr<AgreedRatios> ReadAgreedRatios(const Engine& engine, const Look& look, int64_t now);

class KpiTargets final {
 public:
  // Reads the targets of one KPI for the periods and slices of `scene`. Those of counts and amounts
  // add up over days. That of a ratio, number or duration (ratio_ppm) is the one in force on a
  // period's last day; of two for one slice the one that began later. Lifetime: borrows the scene.
  // Errors: those of reading.
  static absl::StatusOr<KpiTargets> Read(const KpiScene& scene, const v1::Kpi& kpi,
                                         const AgreedRatios& ratios);

  // Nothing if there is none.
  std::optional<Number> Of(const KpiValues::At& at) const;

 private:
  explicit KpiTargets(const KpiScene& scene) : scene_(scene) {}

  const KpiScene& scene_;
  // What names a point's slice among the targets: an owner's quota, or "region=emea, team=sales".
  bool quota_ = false;
  std::map<std::string, std::vector<std::optional<Number>>> by_slice_;
  std::string currency_;
  bool any_currency_ = false;  // of a ratio
};

}  // namespace revops
