#include "engine/query/rows.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/limits.h"
#include "engine/query/stored_journey.h"
#include "engine/query/views.h"
#include "engine/query/whereabouts.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

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
  const int64_t at = request.at() == 0 ? now : request.at();
  RowPresenter reader(*engine.registry()[view], engine.model(), at);

  std::vector<FoundRow> rows;
  Id entity;
  std::string bytes;
  PageBudget budget(kPageSizeMax);
  for (const PartitionLook& one : look) {
    Whereabouts whereabouts(engine.links(), one.progress.link_version());
    entity = whereabouts.GoesOnAs(id);
    ASSIGN_OR_RETURN(const std::set<uint128> journeys, JourneysOf(*one.store, entity));
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
      const bool current = whereabouts.Current(root, entity, at);
      rows.push_back({current, whereabouts.RootAt(entity, at) == root, root.bytes(),
                      ToProto(root, entity, current, *row)});
    }
  }
  if (rows.empty()) {
    return absl::NotFoundError(
        absl::StrCat("the view ", request.view(), " has no row of ", ToText(id),
                     entity == id ? "" : absl::StrCat(" (which goes on as ", ToText(entity), ")"),
                     "; if it was just published, pass the token of its publishing along"));
  }
  std::sort(rows.begin(), rows.end(), Before);
  v1::GetResponse response;
  for (FoundRow& row : rows) *response.add_rows() = std::move(row.row);
  return response;
}

}  // namespace revops
