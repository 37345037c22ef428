// Imported events, folded by all projections, and the cells they add up to.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "engine/event/event_order.h"
#include "engine/fold/cells.h"
#include "engine/model/model.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/import/public_data.h"
#include "tests/support/projection_driver.h"

namespace revops::test {

using Dims = std::map<std::string, std::string>;

// The model beside the mappings of a folder.
inline std::shared_ptr<const RevenueModel> ModelOf(const std::string& folder) {
  const std::string path = MappingFolder() + folder + "/model.textproto";
  std::ifstream file(path);
  const auto model =
      RevenueModel::Parse(std::string(std::istreambuf_iterator<char>(file), {}), path);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : RevenueModel::Default();
}

// Folds what the files say, in event order.
inline void Fold(std::vector<v1::Event> events, ProjectionDriver& views) {
  std::vector<std::pair<std::string, std::string>> ordered;  // order key, text
  for (const v1::Event& event : events) {
    const absl::StatusOr<int64_t> at = NormalisedInstant(event);
    ASSERT_TRUE(at.ok()) << at.status();
    ordered.emplace_back(OrderKey({*at, event.source(), event.sequence(), event.id()}), "");
    google::protobuf::TextFormat::PrintToString(event, &ordered.back().second);
  }
  std::sort(ordered.begin(), ordered.end());
  std::vector<std::string> texts;
  for (auto& [key, text] : ordered) texts.push_back(std::move(text));
  views.Given(texts);
}

// All cells as "measure dimension=value ..." -> day -> number, to ask many questions quickly.
class Figures final {
 public:
  explicit Figures(const ProjectionDriver& views) {
    std::map<std::string, const Measure*> measures;
    const Registry registry = AllProjections();
    for (const auto& projection : registry) {
      for (const Measure& measure : projection->measures()) {
        measures[std::string(measure.name)] = &measure;
      }
    }
    for (const auto& [key, value] : views.cells().sums()) {
      const absl::StatusOr<CellName> cell = ParseCellKey(key);
      if (!cell.ok()) {
        ADD_FAILURE() << cell.status();
        continue;
      }
      const Measure& measure = *measures.at(std::string(cell->measure));
      Dims dims;
      for (size_t i = 0; i < cell->dims.size(); ++i) {
        const int dimension = measure.grouping_sets[static_cast<size_t>(cell->set)][i];
        dims[std::string(measure.dimensions[static_cast<size_t>(dimension)])] =
            std::string(cell->dims[i]);
      }
      sums_[NameOf(cell->measure, dims)][cell->day] += static_cast<int64_t>(value);
    }
  }

  // Over all days; 0 if there is no such cell.
  int64_t Sum(absl::string_view measure, const Dims& dims = {}) const {
    return Between(absl::CivilDay(1900, 1, 1), absl::CivilDay(2200, 1, 1), measure, dims);
  }
  // Before a day: what a stock is worth when the day begins.
  int64_t Before(absl::CivilDay day, absl::string_view measure, const Dims& dims = {}) const {
    return Between(absl::CivilDay(1900, 1, 1), day, measure, dims);
  }
  int64_t Month(absl::CivilMonth month, absl::string_view measure, const Dims& dims = {}) const {
    return Between(absl::CivilDay(month), absl::CivilDay(month + 1), measure, dims);
  }
  // Half-open.
  int64_t Between(absl::CivilDay from, absl::CivilDay to, absl::string_view measure,
                  const Dims& dims) const {
    const auto found = sums_.find(NameOf(measure, dims));
    if (found == sums_.end()) return 0;
    int64_t sum = 0;
    for (const auto& [day, value] : found->second) {
      const absl::CivilDay civil = absl::CivilDay(1970, 1, 1) + day;
      if (civil >= from && civil < to) sum += value;
    }
    return sum;
  }

 private:
  static std::string NameOf(absl::string_view measure, const Dims& dims) {
    std::string name(measure);
    for (const auto& [dimension, value] : dims) absl::StrAppend(&name, " ", dimension, "=", value);
    return name;
  }

  std::map<std::string, std::map<int32_t, int64_t>> sums_;
};

}  // namespace revops::test
