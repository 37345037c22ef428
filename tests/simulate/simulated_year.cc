#include "tests/simulate/simulated_year.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops::test {

std::vector<v1::Event> EventsOf(const SimulationOptions& options) {
  std::vector<v1::Event> events;
  const absl::Status status = Simulate(options, [&](const v1::Event& event) {
    events.push_back(event);
    return absl::OkStatus();
  });
  REVOPS_CHECK(status.ok());
  return events;
}

const std::vector<v1::Event>& Year() {
  static const auto* events = [] {
    SimulationOptions options;
    options.accounts = 120;
    options.stamp_recorded_at = true;
    return new std::vector<v1::Event>(EventsOf(options));
  }();
  return *events;
}

Copies CopiesOf(const std::vector<v1::Event>& events) {
  Copies copies;
  for (const v1::Event& event : events) {
    if (event.environment() == v1::TEST) continue;
    copies[{event.source(), event.id()}].push_back(&event);
  }
  return copies;
}

std::vector<const v1::Event*> StandingOf(const std::vector<v1::Event>& events) {
  std::vector<const v1::Event*> standing;
  for (const auto& [key, copies] : CopiesOf(events)) {
    const v1::Event* best = copies[0];
    for (const v1::Event* copy : copies) {
      if (copy->revision() > best->revision() ||
          (copy->revision() == best->revision() && copy->occurred_at() < best->occurred_at())) {
        best = copy;
      }
    }
    if (!best->voided()) standing.push_back(best);
  }
  std::sort(standing.begin(), standing.end(), [](const v1::Event* a, const v1::Event* b) {
    return std::make_tuple(a->occurred_at(), a->source(), a->sequence(), a->id()) <
           std::make_tuple(b->occurred_at(), b->source(), b->sequence(), b->id());
  });
  return standing;
}

const std::vector<const v1::Event*>& StandingYear() {
  static const auto* standing = new std::vector<const v1::Event*>(StandingOf(Year()));
  return *standing;
}

std::string Text(const v1::Id& id) {
  return absl::StrCat(v1::IdKind_Name(id.kind()), ":", id.namespace_(), ":", id.value());
}

}  // namespace revops::test
