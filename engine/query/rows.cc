#include "engine/query/rows.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/limits.h"
#include "engine/query/stored_journey.h"
#include "engine/query/views.h"
#include "engine/query/whereabouts.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// Whom a row is about that a projection named after them: "other:hand_over:contact:crm:42/2" is the
// contact's. Empty if `entity` is no such id.
Id NamedAfter(const Id& entity) {
  const size_t slash = entity.value().rfind('/');
  if (entity.kind() != v1::OTHER || slash == absl::string_view::npos) return Id();
  const absl::StatusOr<Id> named = ParseId(entity.value().substr(0, slash));
  return named.ok() ? *named : Id();
}

// Of kinds that journeys are not named after: campaigns, content, what a projection made up.
bool IsNobody(const Id& entity) {
  return entity.kind() >= v1::CAMPAIGN && entity.kind() != v1::COMPANY;
}

// The journeys of a store that may hold rows about `entity`: its own, and those it occurs in.
absl::StatusOr<std::set<uint128>> JourneysOf(const ViewReader& store, const Id& entity) {
  std::set<uint128> journeys = {Root16(entity)};
  const std::string prefix = keys::Occurrences(entity);
  RETURN_IF_ERROR(store.Scan(prefix, [&](absl::string_view key, absl::string_view) {
    journeys.insert(keys::RootAt(key, prefix.size()));
    return journeys.size() <= kExaminedMax;
  }));
  return journeys;
}

// Of an id that no event is about (a decision, a rate, a campaign): the journeys under which a list
// of the view names it. Nobody else tells where it is.
absl::Status AddListed(const ViewReader& store, uint8_t view, const Id& entity,
                       std::set<uint128>& journeys) {
  const absl::string_view suffix = entity.bytes();
  int examined = 0;
  const std::string lists = {'X', static_cast<char>(view)};
  RETURN_IF_ERROR(store.Scan(lists, [&](absl::string_view key, absl::string_view) {
    if (absl::EndsWith(key, suffix) && key.size() > suffix.size() + 16) {
      journeys.insert(keys::RootAt(key, key.size() - suffix.size() - 16));
    }
    return ++examined < kExaminedMax;
  }));
  if (examined < kExaminedMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("id: the view's lists are too long to look for ",
                                                 ToText(entity),
                                                 " in; ask List with a filter on \"entity\""));
}

struct FoundRow {
  bool current;
  bool own;  // the entity's own journey
  std::string root;
  v1::Row row;
};

bool Before(const FoundRow& a, const FoundRow& b) {
  if (a.current != b.current) return a.current;
  if (a.own != b.own) return a.own;
  return a.root < b.root;
}

}  // namespace

absl::StatusOr<const google::protobuf::Message*> RowPresenter::Read(absl::string_view bytes) {
  if (!row_->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(absl::StrCat("a row of the view ", projection_.name(),
                                            " is damaged; rebuild the view store from the log"));
  }
  projection_.Present(at_, model_, *row_);
  return row_.get();
}

v1::Row ToProto(const Id& root, const Id& entity, bool current,
                const google::protobuf::Message& row) {
  v1::Row proto;
  *proto.mutable_root() = root.ToProto();
  *proto.mutable_entity() = entity.ToProto();
  proto.set_current(current);
  proto.mutable_value()->PackFrom(row);
  return proto;
}

absl::StatusOr<Id> RequestedId(const v1::Id& id, absl::string_view name) {
  RETURN_IF_ERROR(Annotate(CheckId(id), name));
  return Id(id);
}

absl::StatusOr<v1::GetResponse> GetRows(const Engine& engine, const Look& look, int64_t now,
                                        const v1::GetRequest& request) {
  ASSIGN_OR_RETURN(const uint8_t view, FindView(engine.registry(), request.view()));
  ASSIGN_OR_RETURN(const Id id, RequestedId(request.id(), "id"));
  Id asked_root;
  if (request.has_root()) {
    ASSIGN_OR_RETURN(asked_root, RequestedId(request.root(), "root"));
  }
  const int64_t at = request.at() == 0 ? now : request.at();
  RowPresenter reader(*engine.registry()[view], engine.model(), at);

  std::vector<FoundRow> rows;
  Id entity;
  std::string bytes;
  PageBudget budget(kPageSizeMax);
  for (const PartitionLook& one : look) {
    Whereabouts whereabouts(engine.links(), one.progress.link_version());
    entity = whereabouts.GoesOnAs(id);
    // Nothing is known of where a part of somebody's row is but where they are.
    const Id named_after = NamedAfter(entity);
    const Id whose = named_after.empty() ? entity : whereabouts.GoesOnAs(named_after);
    std::set<uint128> journeys;
    if (request.has_root()) {
      journeys = {Root16(asked_root)};
    } else {
      ASSIGN_OR_RETURN(journeys, JourneysOf(*one.store, whose));
      if (IsNobody(entity) && named_after.empty()) {
        RETURN_IF_ERROR(AddListed(*one.store, view, entity, journeys));
      }
    }
    for (const uint128 root16 : journeys) {
      if (budget.spent()) {
        return absl::InvalidArgumentError(
            absl::StrCat("id: ", ToText(entity),
                         " is named in too many journeys to look at all; "
                         "ask List with a filter on \"entity\""));
      }
      budget.Examine();
      StoredJourney journey;
      ASSIGN_OR_RETURN(const bool exists, journey.Load(*one.store, root16));
      if (!exists) continue;
      ASSIGN_OR_RETURN(const bool found, journey.FindRow(view, entity.bytes(), bytes));
      if (!found) continue;
      budget.Keep(bytes.size());
      ASSIGN_OR_RETURN(const google::protobuf::Message* const row, reader.Read(bytes));
      const Id root = journey.root();
      const bool current = whereabouts.Current(root, whose, at);
      rows.push_back({current, whereabouts.RootAt(whose, at) == root, root.bytes(),
                      ToProto(root, entity, current, *row)});
    }
    RETURN_IF_ERROR(whereabouts.status());
  }
  if (rows.empty()) {
    return absl::NotFoundError(
        absl::StrCat("the view ", request.view(), " has no row of ", ToText(id),
                     entity == id ? "" : absl::StrCat(" (which goes on as ", ToText(entity), ")")));
  }
  std::sort(rows.begin(), rows.end(), Before);
  v1::GetResponse response;
  for (FoundRow& row : rows) *response.add_rows() = std::move(row.row);
  return response;
}

}  // namespace revops
