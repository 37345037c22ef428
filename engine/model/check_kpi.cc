#include "engine/model/check_kpi.h"

#include <map>
#include <set>
#include <string>

#include "engine/base/money.h"
#include "engine/model/check_fields.h"
#include "engine/model/formula.h"

namespace revops {
namespace {

class AskCheck final {
 public:
  AskCheck(const Place& place, const v1::AskPart& ask) : place_(place), ask_(ask) {}

  void Run() {
    if (!ask_.currency().empty() && !Currency::Parse(ask_.currency()).ok()) {
      place_.Mistake("currency",
                     Is(Quoted(ask_.currency()), "give three upper-case letters: \"EUR\""));
    }
    if (!CheckSize(place_, "kpi", ask_.kpi()) || !CheckSize(place_, "constant", ask_.constant())) {
      return;
    }
    std::set<std::string> seen;
    for (int i = 0; i < ask_.constant_size(); ++i) {
      const auto& constant = ask_.constant(i);
      const Place at = place_.Child("constant", i);
      CheckSlug(at, "name", constant.name());
      CheckUnique(at, "name", constant.name(), constants_);
      if (!IsDecimal(constant.value())) {
        at.Mistake("value", Is(Quoted(constant.value()), "give a decimal number: \"0.8\""));
      }
    }
    for (int i = 0; i < ask_.kpi_size(); ++i) numbers_.emplace(ask_.kpi(i).name(), i);
    for (int i = 0; i < ask_.kpi_size(); ++i) {
      CheckUnique(place_.Child("kpi", i), "name", ask_.kpi(i).name(), seen);
      CheckKpi(i);
    }
    for (int i = 0; i < ask_.kpi_size(); ++i) {
      std::set<std::string> path;
      if (!Leads(ask_.kpi(i).name(), ask_.kpi(i).name(), path)) continue;
      place_.Child("kpi", i).Mistake(
          "formula", "leads back to itself by kpi(…); take one of the references out");
    }
  }

 private:
  void CheckKpi(int i) {
    const auto& kpi = ask_.kpi(i);
    const Place at = place_.Child("kpi", i);
    CheckSlug(at, "name", kpi.name());
    CheckName(at, "label", kpi.label());
    if (kpi.unit() == v1::Kpi::UNIT_UNSPECIFIED) {
      at.Mistake("unit", "is missing; give COUNT, RATIO, MONEY, DURATION or NUMBER");
    }
    if (kpi.formula().empty()) at.Mistake("formula", "is missing; give it");
    CheckFormula(at, "formula", kpi.formula(), kpi.name());
    CheckFormula(at, "n", kpi.n(), kpi.name());
    CheckFormula(at, "matures_after", kpi.matures_after(), kpi.name());
    CheckFormula(at, "resolved", kpi.resolved(), kpi.name());
  }

  void CheckFormula(const Place& at, absl::string_view field, const std::string& text,
                    const std::string& kpi) {
    if (text.empty()) return;
    const auto formula = ParseFormula(text);
    if (!formula.ok()) {
      at.Mistake(field, Is(Quoted(text), formula.status().message()));
      return;
    }
    ForEachNode(**formula, [&](const Formula& node) {
      if (node.kind == Formula::Kind::kKpi) {
        names_[kpi].insert(node.name);
        if (numbers_.count(node.name) == 0) {
          at.Mistake(field, absl::StrCat("names kpi(", node.name,
                                         "), which is not defined; add it or correct the name"));
        }
      } else if (node.kind == Formula::Kind::kConstant && constants_.count(node.name) == 0) {
        at.Mistake(field, absl::StrCat("names constant(", node.name,
                                       "), which is not defined; add it to ask.constant"));
      }
    });
  }

  // Whether `from` leads to `goal` in one step or more.
  bool Leads(const std::string& from, const std::string& goal, std::set<std::string>& path) const {
    if (!path.insert(from).second) return false;
    const auto found = names_.find(from);
    if (found == names_.end()) return false;
    for (const std::string& next : found->second) {
      if (next == goal || Leads(next, goal, path)) return true;
    }
    return false;
  }

  const Place& place_;
  const v1::AskPart& ask_;
  std::set<std::string> constants_;
  std::map<std::string, int> numbers_;                  // name -> index
  std::map<std::string, std::set<std::string>> names_;  // KPI -> those it names
};

}  // namespace

void CheckAsk(const Place& place, const v1::AskPart& ask) { AskCheck(place, ask).Run(); }

}  // namespace revops
