// The rules of fit and engagement of one version of the model, ready to run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/model/condition.h"
#include "revops/v1/model.pb.h"

namespace revops {

// Kinds as rules name them: "webinar.attended", "webinar.*" (all of webinar's), "form".
bool KindMatches(absl::string_view pattern, absl::string_view kind);

// Thread safety: immutable. Lifetime: borrows the section it is made from.
class Scoring final {
 public:
  // REQUIRES: the model was checked.
  Scoring(const v1::Scoring& section, int version);

  // Counted from 1, in order of time.
  int version() const { return version_; }
  const v1::Scoring& section() const { return *section_; }

  // Units: microseconds.
  int64_t half_life() const { return section_->half_life_days() * int64_t{86'400'000'000}; }

  // Calls `use` for each engagement rule that holds for the event, in the order of the model.
  void ForEachEngagement(const v1::Event& event,
                         absl::FunctionRef<void(const v1::EngagementRule&)> use) const;

  struct Fit {
    int points = 0;                           // 0-100
    std::vector<const v1::FitRule*> reasons;  // the rules that hold, in the order of the model
  };
  // `account` is what is known of the person's account.
  struct Whose {
    const FieldSource& person;
    const FieldSource& account;
  };
  Fit FitOf(const Whose& whose) const;

 private:
  struct EngagementTest {
    const v1::EngagementRule* rule;
    Conditions conditions;
  };
  struct FitTest {
    const v1::FitRule* rule;
    Conditions conditions;
  };

  const v1::Scoring* section_;
  int version_;
  std::vector<EngagementTest> engagement_;
  // kind without its action ("webinar") -> the rules that may hold, in order
  std::map<std::string, std::vector<const EngagementTest*>, std::less<>> by_body_;
  std::map<std::string, std::vector<const EngagementTest*>, std::less<>> by_custom_kind_;
  std::vector<FitTest> fit_;
};

}  // namespace revops
