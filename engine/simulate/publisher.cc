#include "engine/simulate/publisher.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"

namespace revops::simulation {
namespace {

struct SourceRule {
  const char* name;
  const char* id_prefix;
  int id_digits;
  int64_t median_delay;
  int64_t longest_delay;
};

// By Source.
constexpr SourceRule kRules[kSources] = {
    {"web", "w-", 9, 5 * kSecond, 20 * kMinute},
    {"mkt", "mkt-", 8, 2 * kMinute, 3 * kHour},
    {"ads", "ad-", 8, kMinute, kHour},
    {"crm", "crm-", 8, 20 * kSecond, 30 * kMinute},
    {"dialer", "call-", 8, 10 * kMinute, 6 * kHour},
    {"events", "ev-", 7, 30 * kMinute, 4 * kHour},
    {"billing", "bill-", 7, kHour, 20 * kHour},
    {"support", "tick-", 7, 10 * kSecond, kHour},
    {"planning", "plan-", 6, 4 * kHour, 3 * kDay},
};

constexpr uint64_t kPublisherStream = 101;

const SourceRule& RuleOf(const v1::Event& event) {
  for (const SourceRule& rule : kRules) {
    if (event.source() == rule.name) return rule;
  }
  return kRules[0];
}

}  // namespace

Publisher::Publisher(const SimulationOptions& options, EventSink sink)
    : options_(options),
      end_((options.start_day + options.days) * kDay),
      sink_(sink),
      random_(options.seed, kPublisherStream, 0) {}

v1::Event Publisher::Draft(Source source, Instant at, std::initializer_list<v1::Id> subject) {
  const int index = static_cast<int>(source);
  v1::Event event;
  event.set_id(absl::StrFormat("%s%0*d", kRules[index].id_prefix, kRules[index].id_digits,
                               ++next_id_[static_cast<size_t>(index)]));
  event.set_source(kRules[index].name);
  event.set_occurred_at(at);
  event.mutable_subject()->Reserve(static_cast<int>(subject.size()));
  for (const v1::Id& id : subject) *event.add_subject() = id;
  return event;
}

void Publisher::Publish(v1::Event event, Care care) {
  if (event.occurred_at() >= end_) return;
  const SourceRule& rule = RuleOf(event);
  Instant sent_at = event.occurred_at();
  if (&rule == &kRules[static_cast<int>(Source::kCrm)]) {
    event.set_sequence(next_commit_++);
    // One entry in six is made after the fact, in the evening or days later.
    sent_at += random_.Percent(85) || care == Care::kExact ? random_.Between(0, 90) * kSecond
                                                           : random_.Delay(5 * kHour, 4 * kDay);
    event.set_source_recorded_at(sent_at);
  } else if (&rule == &kRules[static_cast<int>(Source::kAds)] ||
             &rule == &kRules[static_cast<int>(Source::kPlatform)]) {
    sent_at = StartOfDay(sent_at) + kDay + 3 * kHour;
  }
  const Instant arrives_at = sent_at + random_.Delay(rule.median_delay, rule.longest_delay);
  if (!options_.noise.enabled) {
    Arrive(std::move(event), arrives_at);
    return;
  }
  Spoil(std::move(event), arrives_at, care, options_.noise, random_,
        [this](v1::Event copy, Instant at) { Arrive(std::move(copy), at); });
}

void Publisher::Import(v1::Event event, Instant arrives_at) {
  event.set_source_recorded_at(event.occurred_at() + kDay);
  Arrive(std::move(event), arrives_at);
}

void Publisher::Arrive(v1::Event event, Instant arrives_at) {
  if (arrives_at < delivered_until_) arrives_at = delivered_until_;
  pending_.push(Pending{arrives_at, next_order_++, std::make_unique<v1::Event>(std::move(event))});
}

absl::Status Publisher::Hand(Pending pending) {
  if (options_.arrives_before != 0 && pending.arrives_at >= options_.arrives_before) {
    return absl::OkStatus();
  }
  if (options_.stamp_recorded_at) pending.event->set_recorded_at(pending.arrives_at);
  return sink_(*pending.event);
}

absl::Status Publisher::Deliver(Instant until) {
  delivered_until_ = until;
  while (!pending_.empty() && pending_.top().arrives_at < until) {
    Pending first = std::move(const_cast<Pending&>(pending_.top()));
    pending_.pop();
    RETURN_IF_ERROR(Hand(std::move(first)));
  }
  return absl::OkStatus();
}

absl::Status Publisher::DeliverRest() {
  while (!pending_.empty()) {
    Pending first = std::move(const_cast<Pending&>(pending_.top()));
    pending_.pop();
    RETURN_IF_ERROR(Hand(std::move(first)));
  }
  return absl::OkStatus();
}

}  // namespace revops::simulation
