#include "projections/attribution_touches.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "engine/event/kind.h"
#include "projections/attribution_counts.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::AttributionView;

constexpr int kStoredMax = 300;
constexpr int kPathMax = 200;
constexpr int kInteractionsMax = 64;

template <typename List>
bool Names(const List& list, absl::string_view kind) {
  return std::any_of(list.begin(), list.end(),
                     [kind](const std::string& name) { return KindMatches(name, kind); });
}

bool MayEarn(const v1::Attribution& section, absl::string_view kind) {
  return (section.kind().empty() || Names(section.kind(), kind)) &&
         !Names(section.without_kind(), kind);
}

// Under any version: which one judges it is known only when a deal converts.
bool MayEverEarn(const RevenueModel& model, absl::string_view kind) {
  const auto& sections = model.proto().fold().attribution();
  return std::any_of(sections.begin(), sections.end(),
                     [kind](const v1::Attribution& section) { return MayEarn(section, kind); });
}

v1::TouchStore& Store(const Id& entity, Fold& fold) {
  return *fold.row<View>(entity).mutable_store();
}

const v1::TouchStore* FindStore(const Id& entity, Fold& fold) {
  const View* row = fold.find<View>(entity);
  return row == nullptr || !row->has_store() ? nullptr : &row->store();
}

// An id of somebody who goes on as `person`: contact roles name people as their source does.
void NoteOtherName(const Fact& fact, Fold& fold) {
  const v1::Id* named = nullptr;
  for (const auto& id : fact.event->subject()) {
    if (!Id(id).is_person()) continue;
    if (named != nullptr) return;
    named = &id;
  }
  if (named == nullptr || Id(*named) == fact.person) return;
  const v1::TouchStore* known = FindStore(Id(*named), fold);
  if (known != nullptr && known->same_as() == fact.person.bytes()) return;
  Store(Id(*named), fold).set_same_as(fact.person.bytes());
}

bool NamesSomebody(const v1::Event& event) {
  return std::any_of(event.subject().begin(), event.subject().end(), [](const v1::Id& id) {
    return id.kind() == v1::CONTACT || id.kind() == v1::LEAD;
  });
}

// The row of whom the touch was with; a new one joins the chain that starts at the root.
v1::TouchStore& Holder(const Id& root, const Id& holder, Fold& fold) {
  v1::TouchStore& store = Store(holder, fold);
  if (store.chained() || holder == root) return store;
  v1::TouchStore& of_root = Store(root, fold);
  store.set_chained(true);
  store.set_next_person(of_root.newest_person());
  of_root.set_newest_person(holder.bytes());
  return store;
}

std::vector<Id> Chain(const Id& root, Fold& fold) {
  std::vector<Id> holders;
  for (Id at = root; !at.empty();) {
    const v1::TouchStore* store = FindStore(at, fold);
    if (store == nullptr) break;
    holders.push_back(at);
    const std::string& next = at == root ? store->newest_person() : store->next_person();
    at = next.empty() ? Id() : Id::FromBytes(next);
  }
  return holders;
}

// Whether the touch is one of a meeting or webinar that is on the path already.
bool OnPath(const std::string& interaction, v1::TouchStore& of_root) {
  if (interaction.empty()) return false;
  auto& known = *of_root.mutable_interactions();
  if (std::count(known.begin(), known.end(), interaction) > 0) return true;
  if (known.size() == kInteractionsMax) known.erase(known.begin());
  *known.Add() = interaction;
  return false;
}

v1::AttributedTouch TouchOf(const Fact& fact, absl::string_view channel) {
  const v1::Event& event = *fact.event;
  const absl::string_view kind = KindOf(event);
  v1::AttributedTouch touch;
  touch.set_at(fact.occurred_at);
  touch.set_source(event.source());
  touch.set_event_id(event.id());
  touch.set_kind(kind.data(), kind.size());
  touch.set_channel(channel.data(), channel.size());
  touch.set_campaign(event.campaign_id());
  touch.set_team(event.team());
  touch.set_interaction_id(event.interaction_id());
  touch.set_session_id(event.session_id());
  touch.set_opportunity(fact.opportunity.bytes());
  touch.set_person(fact.person.bytes());
  return touch;
}

bool SameVisit(const v1::AttributedTouch& a, const v1::AttributedTouch& b) {
  return !a.session_id().empty() && a.session_id() == b.session_id() &&
         a.channel() == b.channel() && a.kind() == b.kind() && a.campaign() == b.campaign() &&
         a.opportunity() == b.opportunity();
}

void KeepTouch(v1::AttributedTouch touch, bool by_session, int64_t number, v1::TouchStore& store) {
  auto& touches = *store.mutable_touches();
  if (by_session && !touches.empty() && SameVisit(*touches.rbegin(), touch)) return;
  if (touches.size() == kStoredMax) {
    touches.erase(touches.begin() + kStoredMax / 2);
    store.set_dropped(store.dropped() + 1);
  }
  touch.set_number(number);
  *touches.Add() = std::move(touch);
}

void NoteTouch(const Fact& fact, Fold& fold) {
  const RevenueModel& model = fold.model();
  const v1::Attribution* section = model.AttributionAt(fact.occurred_at);
  const absl::string_view kind = KindOf(*fact.event);
  if (section == nullptr || !IsTouchpoint(*fact.event) || !MayEverEarn(model, kind)) return;
  const absl::string_view channel = model.ChannelOf(*fact.event, fact.occurred_at);
  v1::TouchStore& of_root = Store(fact.root, fold);
  of_root.set_numbered(of_root.numbered() + 1);
  if (MayEarn(*section, kind) && !OnPath(fact.event->interaction_id(), of_root)) {
    ExtendPath(channel, model.DayOf(fact.occurred_at), *of_root.mutable_path(), fold);
  }
  KeepTouch(TouchOf(fact, channel), section->by_session(), of_root.numbered(),
            Holder(fact.root, fact.person.empty() ? fact.root : fact.person, fold));
}

// Who has a role as the source names them, as they go on.
std::set<Id> PeopleOf(const std::vector<Id>& contacts, Fold& fold) {
  std::set<Id> people;
  for (const Id& contact : contacts) {
    const v1::TouchStore* store = FindStore(contact, fold);
    const bool renamed = store != nullptr && !store->same_as().empty();
    people.insert(renamed ? Id::FromBytes(store->same_as()) : contact);
  }
  return people;
}

// Only the first touch of an interaction, and of a session and channel.
class Repeats final {
 public:
  explicit Repeats(bool by_session) : by_session_(by_session) {}
  bool Repeated(const v1::AttributedTouch& touch) {
    const std::string& interaction = touch.interaction_id();
    if (!interaction.empty() && !seen_.insert({interaction, ""}).second) return true;
    return by_session_ && !touch.session_id().empty() &&
           !seen_.insert({touch.session_id(), "/" + touch.channel()}).second;
  }

 private:
  const bool by_session_;
  std::set<std::pair<std::string, std::string>> seen_;
};

// In event order, each interaction once, and of a long path its two ends.
void Arrange(bool by_session, std::vector<v1::AttributedTouch> touches, v1::AttributedDeal& deal) {
  std::sort(touches.begin(), touches.end(),
            [](const auto& a, const auto& b) { return a.number() < b.number(); });
  Repeats repeats(by_session);
  touches.erase(std::remove_if(touches.begin(), touches.end(),
                               [&](const auto& touch) { return repeats.Repeated(touch); }),
                touches.end());
  if (touches.size() > kPathMax) {
    deal.set_touches_left_out(static_cast<int32_t>(touches.size() - kPathMax));
    touches.erase(touches.begin() + kPathMax / 2, touches.end() - kPathMax / 2);
  }
  for (auto& touch : touches) *deal.add_touches() = std::move(touch);
}

}  // namespace

void NoteEvent(const Fact& fact, Fold& fold) {
  const v1::Event& event = *fact.event;
  if (!fact.person.empty()) {
    NoteOtherName(fact, fold);
    const bool created = event.lead().action() == v1::Lead::CREATED;
    const v1::TouchStore* known = FindStore(fact.person, fold);
    const bool news = (created && (known == nullptr || known->created_at() == 0)) ||
                      (NamesSomebody(event) && (known == nullptr || known->known_at() == 0));
    if (news) {
      v1::TouchStore& store = Holder(fact.root, fact.person, fold);
      if (store.known_at() == 0) store.set_known_at(fact.occurred_at);
      if (created) store.set_created_at(fact.occurred_at);
    }
  }
  NoteTouch(fact, fold);
}

int64_t Gather(const ConvertedDeal& conversion, const v1::Attribution& section, Fold& fold,
               v1::AttributedDeal& deal) {
  int64_t from = conversion.at - section.lookback_days() * kMicrosPerDay;
  if (conversion.after_previous_win) {
    if (const v1::TouchStore* of_root = FindStore(conversion.root, fold)) {
      for (const int64_t win : of_root->wins()) {
        if (win < conversion.at) from = std::max(from, win + 1);
      }
    }
  }
  const std::set<Id> with_role = PeopleOf(conversion.contacts, fold);
  std::vector<v1::AttributedTouch> touches;
  int64_t lead_at = 0;
  int people = 0;
  for (const Id& holder : Chain(conversion.root, fold)) {
    const v1::TouchStore& store = *FindStore(holder, fold);
    const bool counts = with_role.empty() || with_role.count(holder) > 0;
    if (counts && holder.is_person()) {
      ++people;
      const int64_t at = store.created_at() != 0 ? store.created_at() : store.known_at();
      if (at != 0 && (lead_at == 0 || at < lead_at)) lead_at = at;
    }
    for (const auto& touch : store.touches()) {
      const bool of_deal = touch.opportunity() == conversion.deal.bytes();
      if (touch.at() < from || touch.at() > conversion.at || !MayEarn(section, touch.kind()) ||
          !(of_deal || (counts && touch.opportunity().empty()))) {
        continue;
      }
      touches.push_back(touch);
    }
  }
  deal.set_people(!with_role.empty() ? "contact_roles" : people > 0 ? "account" : "none");
  deal.set_people_count(people);
  deal.set_lookback_from(from);
  Arrange(section.by_session(), std::move(touches), deal);
  return lead_at;
}

}  // namespace revops
