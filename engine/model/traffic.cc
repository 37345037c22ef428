#include "engine/model/traffic.h"

#include <algorithm>

#include "engine/event/kind.h"
#include "engine/model/scoring.h"

namespace revops {
namespace {

absl::string_view NameOf(v1::Traffic traffic) {
  switch (traffic) {
    case v1::TRAFFIC_HUMAN:
      return "human";
    case v1::TRAFFIC_BOT:
      return "bot";
    case v1::TRAFFIC_INTERNAL:
      return "internal";
    case v1::TRAFFIC_MAIL_PREFETCH:
      return "mail_prefetch";
    default:
      return "unknown_traffic";
  }
}

absl::string_view NameOf(v1::Environment environment) {
  switch (environment) {
    case v1::SANDBOX:
      return "sandbox";
    case v1::TEST:
      return "test";
    default:
      return "production";
  }
}

template <typename List, typename Value>
bool Contains(const List& list, Value value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool AnyKind(const v1::ChannelRule& rule, absl::string_view kind) {
  if (rule.kind_size() == 0) return true;
  return std::any_of(rule.kind().begin(), rule.kind().end(),
                     [kind](const std::string& pattern) { return KindMatches(pattern, kind); });
}

}  // namespace

ChannelRules::ChannelRules(const v1::Channels& section) : section_(&section) {
  for (const auto& rule : section.rule()) {
    rules_.push_back({&rule, Conditions(Conditions::Of::kEvent, rule.when(), rule.unless())});
  }
}

absl::string_view ChannelRules::ChannelOf(const v1::Event& event) const {
  const EventFields fields(event);
  const absl::string_view kind = KindOf(event);
  for (const auto& rule : rules_) {
    if (AnyKind(*rule.rule, kind) && rule.conditions.Hold(fields)) return rule.rule->channel();
  }
  return section_->default_channel();
}

TrafficFilter::TrafficFilter(const v1::TrafficRules& section) : section_(&section) {
  for (const auto& rule : section.exclude()) {
    rules_.push_back({&rule, Conditions(Conditions::Of::kEvent, rule.when(), rule.unless())});
  }
}

absl::string_view TrafficFilter::WhyExcluded(const v1::Event& event) const {
  if (event.environment() == v1::TEST) return "test";
  if (section_ == nullptr) return {};
  const v1::Environment environment =
      event.environment() == v1::ENVIRONMENT_UNSPECIFIED ? v1::PRODUCTION : event.environment();
  if (Contains(section_->exclude_environment(), environment)) return NameOf(environment);
  if (Contains(section_->exclude_traffic(), event.traffic())) return NameOf(event.traffic());
  if (rules_.empty()) return {};
  const EventFields fields(event);
  for (const auto& rule : rules_) {
    if (rule.conditions.Hold(fields)) return rule.rule->reason();
  }
  return {};
}

}  // namespace revops
