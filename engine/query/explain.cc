#include "engine/query/explain.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/event_order.h"
#include "engine/event/kind.h"
#include "engine/query/explain_parts.h"

namespace revops {
namespace {

constexpr int kEventsDefault = 1000;

}  // namespace

void DescribeItem(const FoldItem& item, const Id& root, v1::ExplainedEvent& event) {
  *event.mutable_root() = root.ToProto();
  if (item.tenure != nullptr) {
    event.set_at(InstantOf(item.tenure->order_key));
    event.set_kind(item.tenure->joined ? "joined" : "left");
    *event.mutable_person() = item.tenure->person.ToProto();
    return;
  }
  const Copy& copy = item.entry->standing();
  event.set_at(copy.at);
  v1::Event parsed;
  if (copy.unreadable || !parsed.ParseFromString(copy.bytes)) {
    event.set_kind("unreadable");
    return;
  }
  event.set_kind(std::string(KindOf(parsed)));
  event.set_source(parsed.source());
  event.set_id(parsed.id());
  event.set_actor(parsed.actor());
  if (!copy.person.empty()) *event.mutable_person() = copy.person.ToProto();
  if (!copy.opportunity.empty()) *event.mutable_opportunity() = copy.opportunity.ToProto();
}

absl::StatusOr<int> EventsMax(const v1::ExplainRequest& request) {
  if (request.events_max() < 0 || request.events_max() > kExplainedEventsMax) {
    return absl::InvalidArgumentError(absl::StrCat("events_max is ", request.events_max(),
                                                   "; give 1 to ", kExplainedEventsMax,
                                                   ", or 0 for ", kEventsDefault));
  }
  return request.events_max() == 0 ? kEventsDefault : request.events_max();
}

absl::StatusOr<v1::ExplainResponse> Explain(const Engine& engine, const Look& look, int64_t now,
                                            const v1::ExplainRequest& request,
                                            const ExplainProgress& progress) {
  if (request.view().empty() == request.kpi().empty()) {
    return absl::InvalidArgumentError(
        "name a view and an id to explain a row, or a kpi to explain its value, not both");
  }
  return request.kpi().empty() ? ExplainRow(engine, look, now, request)
                               : ExplainKpi(engine, look, now, request, progress);
}

}  // namespace revops
