// The KPIs of a revenue model with their formulas read, and whether their measures exist.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "engine/model/formula.h"
#include "engine/model/model.h"
#include "engine/query/kpi_measures.h"
#include "engine/query/kpi_number.h"

namespace revops {

class KpiBook final {
 public:
  struct Entry {
    const v1::Kpi* kpi;
    FormulaPtr formula;
    FormulaPtr n;              // null: not given
    FormulaPtr matures_after;  // null: no cohort
    FormulaPtr resolved;       // null: not given
  };

  // Lifetime: borrows the model, which was checked.
  explicit KpiBook(const RevenueModel& model);

  const std::map<std::string, Entry>& all() const { return entries_; }

  // Errors: kNotFound, offering what there is.
  absl::StatusOr<const Entry*> Find(absl::string_view name) const;

  // REQUIRES: the model defines it.
  const Number& ConstantOf(const std::string& name) const { return constants_.at(name); }

 private:
  std::map<std::string, Entry> entries_;
  std::map<std::string, Number> constants_;
};

// Whether every measure and dimension that the model's formulas name is counted by some projection.
// Errors: kInvalidArgument, one line a mistake, with the place in the model's text.
absl::Status CheckKpis(const RevenueModel& model, const Registry& registry);

}  // namespace revops
