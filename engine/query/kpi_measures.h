// The measures of all projections, and what is worked out from them, by name; and which of their
// grouping sets answers a question.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/fold/projection.h"
#include "engine/model/formula.h"

namespace revops {

// What a formula's measure is asked by.
struct MeasureSlice {
  const Measure* measure = nullptr;
  int set = 0;
  // dimension -> its place among the cell's values
  std::map<std::string, int> places;
};

class Measures final {
 public:
  // Lifetime: borrows the registry.
  explicit Measures(const Registry& registry);

  struct Known {
    const Measure* measure;
    const Projection* view;
  };
  const std::map<std::string, Known>& all() const { return all_; }

  // Errors: kInvalidArgument, offering names that would do.
  absl::StatusOr<const Measure*> Find(absl::string_view name) const;

  // The smallest grouping set that has all that `use` itself names, and `also`.
  // Errors: kInvalidArgument, offering the sets there are.
  absl::StatusOr<MeasureSlice> Slice(const Measure& measure, const MeasureUse& use,
                                     const std::set<std::string>& also) const;

  // Dimensions that can be asked besides those that `use` names.
  std::set<std::string> Offered(const Measure& measure, const MeasureUse& use) const;

 private:
  std::map<std::string, Known> all_;
};

// "owner; team, product": what can be asked together.
std::string SetsText(const Measure& measure);

}  // namespace revops
