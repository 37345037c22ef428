#include "engine/query/kpi_measures.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/query/group_customers.h"

namespace revops {
namespace {

constexpr char kBucket[] = "bucket";
constexpr char kCurrency[] = "currency";

std::string NameOf(const Measure& measure, int dimension) {
  const absl::string_view name = measure.dimensions[static_cast<size_t>(dimension)];
  return std::string(name);
}

// What every question to the measure has to name.
std::set<std::string> Needed(const Measure& measure, const MeasureUse& use) {
  std::set<std::string> needed;
  for (const auto& condition : use.where) {
    if (!condition.each) needed.insert(condition.dimension);
  }
  if (use.percentile != 0) needed.insert(kBucket);
  if (measure.unit == Measure::Unit::kMicros &&
      std::find(measure.dimensions.begin(), measure.dimensions.end(), kCurrency) !=
          measure.dimensions.end()) {
    needed.insert(kCurrency);
  }
  return needed;
}

std::set<std::string> NamesOf(const Measure& measure, const std::vector<int>& set) {
  std::set<std::string> names;
  for (const int dimension : set) names.insert(NameOf(measure, dimension));
  return names;
}

bool Holds(const std::set<std::string>& set, const std::set<std::string>& needed) {
  return std::includes(set.begin(), set.end(), needed.begin(), needed.end());
}

}  // namespace

Measures::Measures(const Registry& registry) {
  for (const auto& projection : registry) {
    for (const Measure& measure : projection->measures()) {
      all_.emplace(std::string(measure.name), Known{&measure, projection.get()});
    }
  }
  if (const auto accounts = all_.find(kNewCustomersByAccount); accounts != all_.end()) {
    const Measure& groups = NewCustomersOfGroups();
    all_.emplace(std::string(groups.name), Known{&groups, accounts->second.view});
  }
}

absl::StatusOr<const Measure*> Measures::Find(absl::string_view name) const {
  const auto found = all_.find(std::string(name));
  if (found != all_.end()) return found->second.measure;
  std::vector<std::string> near;
  const std::string stem(name.substr(0, name.find('_')));
  for (const auto& [known, unused] : all_) {
    if (absl::StrContains(known, stem)) near.push_back(known);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no measure \"", name, "\"; ",
                   near.empty() ? "`revops kpi --measures` lists them"
                                : absl::StrCat("did you mean ", absl::StrJoin(near, ", "), "?")));
}

absl::StatusOr<MeasureSlice> Measures::Slice(const Measure& measure, const MeasureUse& use,
                                             const std::set<std::string>& also) const {
  std::set<std::string> needed = Needed(measure, use);
  needed.insert(also.begin(), also.end());
  int best = -1;
  for (size_t s = 0; s < measure.grouping_sets.size(); ++s) {
    if (!Holds(NamesOf(measure, measure.grouping_sets[s]), needed)) continue;
    if (best < 0 ||
        measure.grouping_sets[s].size() < measure.grouping_sets[static_cast<size_t>(best)].size()) {
      best = static_cast<int>(s);
    }
  }
  if (best < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("the measure ", measure.name, " is not counted by ",
                     absl::StrJoin(needed, ", "), " together; it is by: ", SetsText(measure)));
  }
  MeasureSlice slice;
  slice.measure = &measure;
  slice.set = best;
  const auto& set = measure.grouping_sets[static_cast<size_t>(best)];
  for (size_t i = 0; i < set.size(); ++i) {
    slice.places[NameOf(measure, set[i])] = static_cast<int>(i);
  }
  return slice;
}

std::set<std::string> Measures::Offered(const Measure& measure, const MeasureUse& use) const {
  const std::set<std::string> needed = Needed(measure, use);
  std::set<std::string> offered;
  for (const auto& set : measure.grouping_sets) {
    const std::set<std::string> names = NamesOf(measure, set);
    if (!Holds(names, needed)) continue;
    for (const std::string& name : names) {
      if (needed.count(name) == 0) offered.insert(name);
    }
  }
  return offered;
}

std::string SetsText(const Measure& measure) {
  std::vector<std::string> sets;
  for (const auto& set : measure.grouping_sets) {
    std::vector<std::string> names;
    for (const int dimension : set) names.push_back(NameOf(measure, dimension));
    sets.push_back(names.empty() ? "nothing" : absl::StrJoin(names, ", "));
  }
  return absl::StrJoin(sets, "; ");
}

}  // namespace revops
