#include "engine/query/timeline.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/event/codec.h"
#include "engine/fold/runner.h"
#include "engine/query/journey_walk.h"
#include "engine/query/limits.h"
#include "engine/query/page_token.h"
#include "engine/query/rows.h"
#include "engine/query/stored_journey.h"
#include "engine/query/whereabouts.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// An id that more journeys name is no subject of a timeline.
constexpr size_t kJourneysMax = 1000;
constexpr size_t kRootBytes = 16;

// One journey that holds events of the entity asked for.
struct Part {
  StoredJourney journey;
  std::unique_ptr<JourneyWalk> walk;
  Whereabouts* whereabouts = nullptr;  // of its partition
  Id entity;                           // asked for, as it goes on there
  bool everybodys = false;             // all entries, not the entity's alone
  bool has_dead_letters = false;
  std::string root16;

  // Where its present entry stands among those of all journeys.
  std::string Place() const { return walk->entry().order_key + root16; }
};

bool Concerns(Part& part, const Entry& entry) {
  if (part.everybodys) return true;
  const Copy& copy = entry.standing();
  if (copy.person == part.entity || copy.opportunity == part.entity) return true;
  if (copy.unreadable || part.entity.is_person()) return false;
  const std::vector<Id> subject = ScanHead(copy.bytes).subject;
  return std::any_of(subject.begin(), subject.end(),
                     [&](const Id& id) { return part.whereabouts->GoesOnAs(id) == part.entity; });
}

std::string InstantKey(int64_t at) {
  std::string key;
  PutOrdered64(at, key);
  return key;
}

// The bounds of a page, as places in event order; empty: open.
struct Range {
  std::string place;  // where the walks begin
  std::string past;   // the place of the last page's last entry; empty on the first page
  std::string stop;   // ascending: the first key not meant; descending: the first meant
  WalkOrder order = WalkOrder::kAscending;

  bool SeenBefore(const std::string& place_of_entry) const {
    if (past.empty()) return false;
    return order == WalkOrder::kAscending ? place_of_entry <= past : place_of_entry >= past;
  }
  bool Beyond(const std::string& order_key) const {
    if (stop.empty()) return false;
    return order == WalkOrder::kAscending ? order_key >= stop : order_key < stop;
  }
};

Range RangeOf(const v1::TimelineRequest& request, const std::string& past) {
  Range range;
  range.order = request.descending() ? WalkOrder::kDescending : WalkOrder::kAscending;
  const std::string from = request.from() == 0 ? "" : InstantKey(request.from());
  const std::string to = request.to() == 0 ? "" : InstantKey(request.to());
  range.place = request.descending() ? to : from;
  range.stop = request.descending() ? from : to;
  range.past = past;
  if (past.size() > kRootBytes) {
    // The entry of that very key may be there in another journey too.
    range.place = past.substr(0, past.size() - kRootBytes);
    if (request.descending()) range.place.push_back('\0');
  }
  return range;
}

// The journeys of one store that hold events of `entity`.
absl::StatusOr<std::set<uint128>> JourneysOf(const ViewReader& store, const Id& entity) {
  std::set<uint128> journeys = {Root16(entity)};
  if (entity.kind() == v1::ACCOUNT) return journeys;
  const std::string prefix = keys::Occurrences(entity);
  RETURN_IF_ERROR(store.Scan(prefix, [&](absl::string_view key, absl::string_view) {
    journeys.insert(keys::RootAt(key, prefix.size()));
    return journeys.size() <= kJourneysMax;
  }));
  return journeys;
}

absl::Status OpenParts(const PartitionLook& look, Whereabouts& whereabouts, const Id& entity,
                       const Range& range, std::vector<std::unique_ptr<Part>>& parts) {
  ASSIGN_OR_RETURN(const std::set<uint128> journeys, JourneysOf(*look.store, entity));
  for (const uint128 root16 : journeys) {
    auto part = std::make_unique<Part>();
    ASSIGN_OR_RETURN(const bool exists, part->journey.Load(*look.store, root16));
    if (!exists) continue;
    if (parts.size() >= kJourneysMax) {
      return absl::InvalidArgumentError(absl::StrCat(
          "id: ", ToText(entity), " is named in more than ", kJourneysMax,
          " journeys; ask for the account, person or opportunity whose events are meant"));
    }
    part->whereabouts = &whereabouts;
    part->entity = entity;
    part->everybodys = part->journey.root() == entity;
    AppendUint128(root16, part->root16);
    ASSIGN_OR_RETURN(part->has_dead_letters, part->journey.HasRows(kDeadLetters));
    part->walk = std::make_unique<JourneyWalk>(*look.store, root16, part->journey.head().tail,
                                               range.place, range.order);
    RETURN_IF_ERROR(part->walk->Begin());
    parts.push_back(std::move(part));
  }
  return absl::OkStatus();
}

// The part whose present entry comes next; null if all are through.
Part* NextOf(const std::vector<std::unique_ptr<Part>>& parts, WalkOrder order) {
  Part* best = nullptr;
  for (const auto& part : parts) {
    if (!part->walk->valid()) continue;
    if (best != nullptr && (part->Place() < best->Place()) != (order == WalkOrder::kAscending)) {
      continue;
    }
    best = part.get();
  }
  return best;
}

absl::Status ParseCopy(const Copy& copy, v1::Event& event) {
  if (!event.ParseFromString(copy.bytes)) {
    return absl::DataLossError("an event of a journal is damaged; rebuild the view store");
  }
  event.set_recorded_at(copy.recorded_at);
  return absl::OkStatus();
}

absl::Status Describe(const Part& part, const Entry& entry, const Registry& registry,
                      v1::TimelineResponse::Entry& described) {
  const Copy& standing = entry.standing();
  if (!standing.unreadable) RETURN_IF_ERROR(ParseCopy(standing, *described.mutable_event()));
  for (size_t i = 1; i < entry.copies.size(); ++i) {
    RETURN_IF_ERROR(ParseCopy(entry.copies[i], *described.add_superseded()));
  }
  if (!part.has_dead_letters) return absl::OkStatus();
  std::vector<absl::string_view> names = {""};
  for (const auto& projection : registry) names.push_back(projection->name());
  std::string unused;
  for (const absl::string_view name : names) {
    ASSIGN_OR_RETURN(
        const bool dead,
        part.journey.FindRow(kDeadLetters, DeadLetterId(name, standing.bytes).bytes(), unused));
    if (dead) described.add_dead_letter_of(std::string(name));
  }
  return absl::OkStatus();
}

size_t SizeOf(const Entry& entry) {
  size_t bytes = 0;
  for (const Copy& copy : entry.copies) bytes += copy.bytes.size();
  return bytes;
}

}  // namespace

absl::StatusOr<v1::TimelineResponse> ReadTimeline(const Engine& engine, const Look& look,
                                                  int64_t now, const v1::TimelineRequest& request) {
  ASSIGN_OR_RETURN(const Id id, RequestedId(request.id(), "id"));
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  PageToken token;
  token.question = QuestionHash(request, engine.generation());
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(token, ParsePageToken(request.page_token(), token.question));
  }
  const Range range = RangeOf(request, token.place);

  std::vector<std::unique_ptr<Whereabouts>> whereabouts;
  std::vector<std::unique_ptr<Part>> parts;
  for (const PartitionLook& one : look) {
    whereabouts.push_back(
        std::make_unique<Whereabouts>(engine.links(), one.progress.link_version()));
    const Id entity = whereabouts.back()->GoesOnAs(id);
    RETURN_IF_ERROR(OpenParts(one, *whereabouts.back(), entity, range, parts));
  }
  if (parts.empty()) {
    return absl::NotFoundError(absl::StrCat("no journey holds ", ToText(id)));
  }

  v1::TimelineResponse response;
  const Part* home = parts.front().get();
  for (const auto& part : parts) {
    if (part->whereabouts->RootAt(part->entity, now) == part->journey.root()) home = part.get();
  }
  *response.mutable_root() = home->journey.root().ToProto();

  PageBudget budget(page_size);
  Part* part = NextOf(parts, range.order);
  for (; part != nullptr && !range.Beyond(part->walk->entry().order_key);
       part = NextOf(parts, range.order)) {
    const Entry& entry = part->walk->entry();
    const std::string place = part->Place();
    if (!range.SeenBefore(place)) {
      if (budget.spent()) {
        response.set_next_page_token(ToText(token));
        break;
      }
      budget.Examine();
      token.place = place;
      if (Concerns(*part, entry)) {
        budget.Keep(SizeOf(entry));
        RETURN_IF_ERROR(Describe(*part, entry, engine.registry(), *response.add_entries()));
      }
    }
    RETURN_IF_ERROR(part->walk->Next());
  }
  for (const auto& where : whereabouts) RETURN_IF_ERROR(where->status());
  return response;
}

}  // namespace revops
