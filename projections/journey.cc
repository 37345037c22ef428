// What happened between us and each person, and each account with all its people: first and last
// touch, touches by team, channel and kind, and what did not count and why. Timelines themselves
// are read from the journal.
#include <algorithm>

#include "engine/event/kind.h"
#include "projections/journey_visits.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

const Measure kTouches = {.name = "touches",
                          .dimensions = {"channel", "kind", "team", "campaign"},
                          .grouping_sets = {{}, {0}, {1}, {2}, {3}, {0, 2}}};
const Measure kOutreach = {
    .name = "outreach", .dimensions = {"kind", "actor"}, .grouping_sets = {{}, {0}, {1}}};
const Measure kFirstTouches = {
    .name = "people_first_touched", .dimensions = {"channel"}, .grouping_sets = {{}, {0}}};
const Measure kExcluded = {
    .name = "events_excluded", .dimensions = {"reason"}, .grouping_sets = {{}, {0}}};

// What one event is to the rows it belongs to.
struct Seen {
  const v1::Event& event;
  int64_t at;
  absl::string_view kind;
  absl::string_view channel;
  absl::string_view excluded;  // why it does not count; empty if it counts
  bool touch;
  bool outreach;
};

void Add(const Seen& seen, v1::JourneyView& row) {
  row.set_events(row.events() + 1);
  if (!seen.excluded.empty()) {
    AddTally(*row.mutable_excluded(), seen.excluded, 1);
    return;
  }
  if (!seen.touch && !seen.outreach) return;
  AddTally(*row.mutable_by_team(), TeamName(seen.event.team()), 1);
  AddTally(*row.mutable_by_channel(), seen.channel, 1);
  AddTally(*row.mutable_by_kind(), seen.kind, 1);
  if (seen.outreach) {
    row.set_outreach(row.outreach() + 1);
    row.set_last_outreach_at(seen.at);
  }
  if (!seen.touch) return;
  row.set_touches(row.touches() + 1);
  if (row.touches() == 1) {
    row.set_first_touch_at(seen.at);
    row.set_first_channel(seen.channel.data(), seen.channel.size());
    row.set_first_kind(seen.kind.data(), seen.kind.size());
  }
  row.set_last_touch_at(seen.at);
  row.set_last_channel(seen.channel.data(), seen.channel.size());
  row.set_last_kind(seen.kind.data(), seen.kind.size());
}

bool NamesSomebody(const v1::Event& event) {
  return std::any_of(event.subject().begin(), event.subject().end(), [](const v1::Id& id) {
    return id.kind() == v1::CONTACT || id.kind() == v1::LEAD;
  });
}

class Journey final : public Projection {
 public:
  absl::string_view name() const override { return "journey"; }
  int version() const override { return 2; }
  absl::string_view summary() const override {
    return "What happened between us and a person or account: touches of both teams, by channel.";
  }
  const google::protobuf::Message& prototype() const override {
    return v1::JourneyView::default_instance();
  }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>{kTouches, kOutreach, kFirstTouches, kExcluded};
      all->insert(all->end(), VisitMeasures().begin(), VisitMeasures().end());
      return all;
    }();
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "last_touch", .sort_by = "time of the last touch, the latest first"},
        {.name = "touches", .sort_by = "number of touches, the most first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.tenure != nullptr) {
      ApplyTenure(fact, fold);
    } else if (fact.derived == nullptr && (!fact.person.empty() || !fact.account().empty())) {
      ApplyEvent(fact, fold);
    }
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& journey = static_cast<const v1::JourneyView&>(row);
    if (journey.former() || journey.touches() == 0) return {};
    return {{.list = "last_touch", .sort_key = Descending(journey.last_touch_at())},
            {.list = "touches", .sort_key = Descending(journey.touches())}};
  }

  void Present(int64_t instant, const RevenueModel&,
               google::protobuf::Message& row) const override {
    auto& journey = static_cast<v1::JourneyView&>(row);
    if (journey.touches() == 0) return;
    journey.set_days_since_last_touch(std::max<int64_t>(0, instant - journey.last_touch_at()) /
                                      kMicrosPerDay);
  }

 private:
  static void ApplyTenure(const Fact& fact, Fold& fold) {
    auto& row = fold.row<v1::JourneyView>(fact.person);
    row.set_known(fact.person.kind() != v1::ANONYMOUS);
    row.set_former(!fact.tenure->joined);
    fact.tenure->joined ? row.set_joined_at(fact.occurred_at) : row.set_left_at(fact.occurred_at);
  }

  static void ApplyEvent(const Fact& fact, Fold& fold) {
    const v1::Event& event = *fact.event;
    const RevenueModel& model = fold.model();
    Seen seen = {.event = event,
                 .at = fact.occurred_at,
                 .kind = KindOf(event),
                 .channel = {},
                 .excluded = model.WhyExcluded(event, fact.occurred_at),
                 .touch = IsTouchpoint(event),
                 .outreach = IsHumanTouch(event)};
    if (seen.touch || seen.outreach) seen.channel = model.ChannelOf(event, fact.occurred_at);
    const auto* person = fact.person.empty() ? nullptr : fold.find<v1::JourneyView>(fact.person);
    const bool new_person = !fact.person.empty() && (person == nullptr || person->events() == 0);
    if (!fact.account().empty()) {
      auto& row = fold.row<v1::JourneyView>(fact.account());
      row.set_known(true);
      if (new_person) row.set_people(row.people() + 1);
      Add(seen, row);
      if (fact.person.empty()) Visit(seen, row, fold);
    }
    bool first_touch = false;
    if (!fact.person.empty()) {
      auto& row = fold.row<v1::JourneyView>(fact.person);
      row.set_known(fact.person.kind() != v1::ANONYMOUS);
      if (row.first_known_at() == 0 && NamesSomebody(event)) row.set_first_known_at(seen.at);
      const bool untouched = row.touches() == 0;
      Add(seen, row);
      Visit(seen, row, fold);
      first_touch = untouched && row.touches() == 1;
      ApplyDeletion(event, row);
    }
    Count(seen, first_touch, fold);
  }

  static void Visit(const Seen& seen, v1::JourneyView& row, Fold& fold) {
    if (!seen.touch || !seen.excluded.empty()) return;
    NoteVisit({seen.event, seen.at, seen.kind, seen.channel}, row, fold);
  }

  static void ApplyDeletion(const v1::Event& event, v1::JourneyView& row) {
    const auto is_person = [](const v1::Id& id) {
      return id.kind() == v1::CONTACT || id.kind() == v1::LEAD || id.kind() == v1::ANONYMOUS;
    };
    if (is_person(event.entity_deleted().entity())) row.set_former(true);
    if (is_person(event.entity_restored().entity())) row.set_former(false);
  }

  static void Count(const Seen& seen, bool first_touch, Fold& fold) {
    const int32_t day = fold.model().DayOf(seen.at);
    if (!seen.excluded.empty()) return fold.Count(kExcluded, day, {seen.excluded}, 1);
    if (seen.touch) {
      fold.Count(kTouches, day,
                 {seen.channel, seen.kind, TeamName(seen.event.team()), seen.event.campaign_id()},
                 1);
    }
    if (first_touch) fold.Count(kFirstTouches, day, {seen.channel}, 1);
    if (seen.outreach) fold.Count(kOutreach, day, {seen.kind, seen.event.actor()}, 1);
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeJourney() { return std::make_unique<const Journey>(); }

}  // namespace revops
