#include "engine/query/kpi_book.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "engine/query/kpi_periods.h"

namespace revops {
namespace {

FormulaPtr Read(const std::string& text) {
  if (text.empty()) return nullptr;
  auto formula = ParseFormula(text);
  REVOPS_CHECK(formula.ok());
  return *std::move(formula);
}

// The names that a measure's name stands for: of the grains that all of them are kept for.
std::vector<std::string> Spelled(const std::string& name) {
  if (name.find("@grain") == std::string::npos) return {name};
  std::vector<std::string> names;
  for (const auto grain : {v1::KpiRequest::MONTH, v1::KpiRequest::QUARTER}) {
    names.push_back(absl::StrReplaceAll(name, {{"@grain", NameOf(grain)}}));
  }
  return names;
}

absl::Status CheckUses(const Formula& formula, const Measures& measures) {
  absl::Status status;
  ForEachNode(formula, [&](const Formula& node) {
    if (node.kind != Formula::Kind::kMeasure || !status.ok()) return;
    for (const std::string& name : Spelled(node.use.measure)) {
      const auto measure = measures.Find(name);
      status = measure.ok() ? measures.Slice(**measure, node.use, {}).status() : measure.status();
      if (!status.ok()) return;
    }
  });
  return status;
}

}  // namespace

KpiBook::KpiBook(const RevenueModel& model) {
  const v1::AskPart& ask = model.proto().ask();
  for (const auto& constant : ask.constant()) {
    constants_.emplace(constant.name(), NumberOfDecimal(constant.value()));
  }
  for (const v1::Kpi& kpi : ask.kpi()) {
    entries_.emplace(kpi.name(), Entry{&kpi, Read(kpi.formula()), Read(kpi.n()),
                                       Read(kpi.matures_after()), Read(kpi.resolved())});
  }
}

absl::StatusOr<const KpiBook::Entry*> KpiBook::Find(absl::string_view name) const {
  const auto found = entries_.find(std::string(name));
  if (found != entries_.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [known, unused] : entries_) names.push_back(known);
  return absl::NotFoundError(absl::StrCat("the revenue model has no KPI \"", name, "\"; it has ",
                                          absl::StrJoin(names, ", ")));
}

absl::Status CheckKpis(const RevenueModel& model, const Registry& registry) {
  const Measures measures(registry);
  return model.CheckAskPart([&](const v1::Kpi& kpi, const RevenueModel::KpiMistake& mistake) {
    for (const auto& [field, text] : {std::pair<const char*, std::string>{"formula", kpi.formula()},
                                      {"n", kpi.n()},
                                      {"matures_after", kpi.matures_after()},
                                      {"resolved", kpi.resolved()}}) {
      const FormulaPtr formula = Read(text);
      if (formula == nullptr) continue;
      const absl::Status status = CheckUses(*formula, measures);
      if (!status.ok()) mistake(field, std::string(status.message()));
    }
  });
}

}  // namespace revops
