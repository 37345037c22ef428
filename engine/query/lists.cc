#include "engine/query/lists.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/query/filter.h"
#include "engine/query/limits.h"
#include "engine/query/merged_walk.h"
#include "engine/query/page_token.h"
#include "engine/query/ranked_walk.h"
#include "engine/query/rows.h"
#include "engine/query/stored_journey.h"
#include "engine/query/views.h"
#include "engine/query/whereabouts.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// Neighbours in a list often share a journey: so many heads are kept at hand.
constexpr size_t kHeadsMax = 64;

// X projection list sort_key root16 entity -> length of sort_key
struct Item {
  uint128 root16 = 0;
  Id entity;
};
absl::StatusOr<Item> ParseItem(absl::string_view key, absl::string_view value) {
  WireReader in(value);
  const uint64_t length = in.Varint();
  constexpr size_t kListBytes = 3, kRootBytes = 16;
  if (!in.ok() || length > key.size() || key.size() < kListBytes + length + kRootBytes) {
    return absl::DataLossError("a list item is damaged; rebuild the view store from the log");
  }
  Item item;
  item.root16 = keys::RootAt(key, kListBytes + length);
  item.entity = Id::FromBytes(key.substr(kListBytes + length + kRootBytes));
  return item;
}

// The journeys and links of one partition, as a page needs them.
class Shelf {
 public:
  Shelf(const Engine& engine, const PartitionLook& look)
      : store_(*look.store), whereabouts_(engine.links(), look.progress.link_version()) {}

  Whereabouts& whereabouts() { return whereabouts_; }
  absl::StatusOr<const StoredJourney*> Journey(uint128 root16) {
    if (journeys_.size() >= kHeadsMax && journeys_.count(root16) == 0) journeys_.clear();
    std::unique_ptr<StoredJourney>& held = journeys_[root16];
    if (held != nullptr) return held.get();
    auto loaded = std::make_unique<StoredJourney>();
    ASSIGN_OR_RETURN(const bool found, loaded->Load(store_, root16));
    if (!found) {
      return absl::DataLossError(
          "a list item belongs to no journey; rebuild the view store from the log");
    }
    held = std::move(loaded);
    return held.get();
  }

 private:
  const ViewReader& store_;
  Whereabouts whereabouts_;
  std::map<uint128, std::unique_ptr<StoredJourney>> journeys_;
};

// What a row must pass: by whom it is about, which costs no reading, and by what it says.
struct Filters {
  std::vector<RowFilter> of_subject;  // of v1::Row: root and entity
  std::vector<RowFilter> of_value;    // of the view's row message

  static bool All(const std::vector<RowFilter>& filters, const google::protobuf::Message& row) {
    return std::all_of(filters.begin(), filters.end(),
                       [&](const RowFilter& filter) { return filter.Passes(row); });
  }
};

// "root" or "entity", or a part of one.
bool NamesSubject(absl::string_view field) {
  const absl::string_view first = field.substr(0, field.find('.'));
  return first == "root" || first == "entity";
}

absl::StatusOr<Filters> ParseFilters(const v1::ListRequest& request,
                                     const google::protobuf::Descriptor& row, const Zone& zone) {
  if (request.filters_size() > kFiltersMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("the list has ", request.filters_size(), " filters; at most ", kFiltersMax));
  }
  Filters filters;
  for (const v1::Filter& filter : request.filters()) {
    const bool of_subject = NamesSubject(filter.field());
    ASSIGN_OR_RETURN(RowFilter parsed,
                     RowFilter::Parse(of_subject ? *v1::Row::descriptor() : row, filter, zone));
    (of_subject ? filters.of_subject : filters.of_value).push_back(std::move(parsed));
  }
  return filters;
}

struct AskedList {
  const Projection& projection;
  const IndexList& list;
  std::string prefix;  // of its keys
  std::string after;   // the key after which to go on; empty: from its start
  WalkOrder order;
  int64_t at;  // Units: microseconds; the instant whose order is asked for
};

std::unique_ptr<ListWalk> WalkThrough(const Look& look, const RevenueModel& model,
                                      const AskedList& asked) {
  if (asked.list.ranked) {
    return std::make_unique<RankedWalk>(
        look, asked.prefix, asked.after, asked.order, [&](absl::string_view run_and_place) {
          return asked.projection.RankAt(asked.list.name, run_and_place, asked.at, model);
        });
  }
  const std::string place = asked.after.empty() ? "" : PlaceAfter(asked.after, asked.order);
  return std::make_unique<MergedWalk>(look, asked.prefix, place, asked.order);
}

}  // namespace

absl::StatusOr<v1::ListResponse> ListRows(const Engine& engine, const Look& look, int64_t now,
                                          const v1::ListRequest& request) {
  ASSIGN_OR_RETURN(const uint8_t view, FindView(engine.registry(), request.view()));
  const Projection& projection = *engine.registry()[view];
  ASSIGN_OR_RETURN(const uint8_t list, FindIndex(projection, request.index()));
  ASSIGN_OR_RETURN(
      const Filters filters,
      ParseFilters(request, *projection.prototype().GetDescriptor(), engine.model().zone()));
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  PageToken token;
  token.question = QuestionHash(request, engine.generation());
  token.at = request.at() == 0 ? now : request.at();
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(token, ParsePageToken(request.page_token(), token.question));
  }
  const WalkOrder order = request.descending() ? WalkOrder::kDescending : WalkOrder::kAscending;
  const std::string prefix = keys::List(view, list);
  const AskedList asked = {.projection = projection,
                           .list = projection.indexes()[list],
                           .prefix = prefix,
                           .after = token.place.empty() ? "" : prefix + token.place,
                           .order = order,
                           .at = token.at};

  std::vector<std::unique_ptr<Shelf>> shelves;
  for (const PartitionLook& one : look) shelves.push_back(std::make_unique<Shelf>(engine, one));
  RowPresenter reader(projection, engine.model(), token.at);
  PageBudget budget(page_size);
  v1::ListResponse response;
  std::string bytes;
  const std::unique_ptr<ListWalk> items = WalkThrough(look, engine.model(), asked);
  ListWalk& walk = *items;
  for (; walk.valid() && !budget.spent(); walk.Next()) {
    budget.Examine();
    token.place = std::string(walk.key().substr(prefix.size()));
    ASSIGN_OR_RETURN(const Item item, ParseItem(walk.key(), walk.value()));
    Shelf& shelf = *shelves[walk.partition()];
    ASSIGN_OR_RETURN(const StoredJourney* const journey, shelf.Journey(item.root16));
    const Id root = journey->root();
    if (!shelf.whereabouts().Current(root, item.entity, token.at)) continue;
    if (!filters.of_subject.empty()) {
      v1::Row subject;
      *subject.mutable_root() = root.ToProto();
      *subject.mutable_entity() = item.entity.ToProto();
      if (!Filters::All(filters.of_subject, subject)) continue;
    }
    ASSIGN_OR_RETURN(const bool found, journey->FindRow(view, item.entity.bytes(), bytes));
    if (!found) {
      return absl::DataLossError(
          "a list item belongs to no row; rebuild the view store from the log");
    }
    ASSIGN_OR_RETURN(const google::protobuf::Message* const row, reader.Read(bytes));
    if (!Filters::All(filters.of_value, *row)) continue;
    budget.Keep(bytes.size());
    *response.add_rows() = ToProto(root, item.entity, /*current=*/true, *row);
  }
  RETURN_IF_ERROR(walk.status());
  for (const auto& shelf : shelves) RETURN_IF_ERROR(shelf->whereabouts().status());
  if (walk.valid()) response.set_next_page_token(ToText(token));
  return response;
}

}  // namespace revops
