// What was agreed that a KPI should be: targets of the company and its slices, quotas of owners.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/query/kpi_values.h"

namespace revops {

class KpiTargets final {
 public:
  // Reads the targets of one KPI for the periods and slices of `scene`. Only counts and amounts
  // have targets that add up over days. Lifetime: borrows the scene.
  // Errors: those of reading.
  static absl::StatusOr<KpiTargets> Read(const KpiScene& scene, const v1::Kpi& kpi);

  // Nothing if there is none.
  std::optional<Number> Of(const KpiValues::At& at) const;

 private:
  explicit KpiTargets(const KpiScene& scene) : scene_(scene) {}

  const KpiScene& scene_;
  // What names a point's slice among the targets: an owner's quota, or "region=emea, team=sales".
  bool quota_ = false;
  std::map<std::string, std::vector<std::optional<Number>>> by_slice_;
  std::string currency_;
};

}  // namespace revops
