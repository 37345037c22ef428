#include "engine/model/scoring.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "engine/event/kind.h"

namespace revops {
namespace {

absl::string_view BodyOf(absl::string_view kind) { return kind.substr(0, kind.find('.')); }

// A person's own trait where there is one, else the account's.
class PersonOrAccount final : public FieldSource {
 public:
  explicit PersonOrAccount(const Scoring::Whose& whose) : whose_(whose) {}
  bool Any(const FieldName& field, absl::FunctionRef<bool(const FieldValue&)> test) const override {
    bool own = false;
    const bool passed = whose_.person.Any(field, [&](const FieldValue& value) {
      own = true;
      return test(value);
    });
    return own ? passed : whose_.account.Any(field, test);
  }

 private:
  const Scoring::Whose& whose_;
};

}  // namespace

bool KindMatches(absl::string_view pattern, absl::string_view kind) {
  if (!absl::EndsWith(pattern, ".*")) return pattern == kind;
  pattern.remove_suffix(2);
  return BodyOf(kind) == pattern;
}

Scoring::Scoring(const v1::Scoring& section, int version) : section_(&section), version_(version) {
  engagement_.reserve(section.engagement_size());
  for (const auto& rule : section.engagement()) {
    engagement_.push_back({&rule, Conditions(Conditions::Of::kEvent, rule.when(), rule.unless())});
    const EngagementTest* test = &engagement_.back();
    if (rule.kind().empty()) {
      by_custom_kind_[rule.custom_kind()].push_back(test);
    } else {
      by_body_[std::string(BodyOf(rule.kind()))].push_back(test);
    }
  }
  for (const auto& rule : section.fit()) {
    fit_.push_back({&rule, Conditions(Conditions::Of::kTraits, rule.when(), rule.unless())});
  }
}

void Scoring::ForEachEngagement(const v1::Event& event,
                                absl::FunctionRef<void(const v1::EngagementRule&)> use) const {
  const bool custom = event.has_custom();
  const absl::string_view kind = KindOf(event);
  const auto& rules = custom ? by_custom_kind_ : by_body_;
  const auto found = rules.find(custom ? kind : BodyOf(kind));
  if (found == rules.end()) return;
  const EventFields fields(event);
  for (const auto* test : found->second) {
    if ((custom || KindMatches(test->rule->kind(), kind)) && test->conditions.Hold(fields)) {
      use(*test->rule);
    }
  }
}

Scoring::Fit Scoring::FitOf(const Whose& whose) const {
  const PersonOrAccount either(whose);
  Fit fit;
  int points = section_->fit_base();
  for (const auto& test : fit_) {
    const FieldSource& source = test.rule->of() == v1::PERSON_ONLY    ? whose.person
                                : test.rule->of() == v1::ACCOUNT_ONLY ? whose.account
                                                                      : either;
    if (!test.conditions.Hold(source)) continue;
    points += test.rule->points();
    fit.reasons.push_back(test.rule);
  }
  fit.points = std::clamp(points, 0, 100);
  return fit;
}

}  // namespace revops
