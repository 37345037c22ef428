// By which channel an event came, and whether it counts.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/model/condition.h"
#include "revops/v1/model.pb.h"

namespace revops {

// Thread safety: immutable. Lifetime: borrows the section it is made from.
class ChannelRules final {
 public:
  // REQUIRES: the model was checked.
  explicit ChannelRules(const v1::Channels& section);
  absl::string_view ChannelOf(const v1::Event& event) const;

 private:
  struct Rule {
    const v1::ChannelRule* rule;
    Conditions conditions;
  };
  const v1::Channels* section_;
  std::vector<Rule> rules_;
};

// Thread safety: immutable. Lifetime: borrows the section it is made from.
class TrafficFilter final {
 public:
  TrafficFilter() = default;
  // REQUIRES: the model was checked.
  explicit TrafficFilter(const v1::TrafficRules& section);
  // Why the event does not count: "test", "bot", "internal", "mail_prefetch", "sandbox" or a rule's
  // reason; empty if it counts.
  absl::string_view WhyExcluded(const v1::Event& event) const;

 private:
  struct Rule {
    const v1::ExcludeRule* rule;
    Conditions conditions;
  };
  const v1::TrafficRules* section_ = nullptr;  // null: only TEST is excluded
  std::vector<Rule> rules_;
};

}  // namespace revops
