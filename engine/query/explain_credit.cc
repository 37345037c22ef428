#include "engine/query/explain_credit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/kind.h"
#include "engine/model/scoring.h"
#include "engine/query/kpi_number.h"

namespace revops {
namespace {

bool MayEarn(const v1::Attribution& section, absl::string_view kind) {
  const auto names = [kind](const auto& list) {
    return std::any_of(list.begin(), list.end(),
                       [kind](const std::string& pattern) { return KindMatches(pattern, kind); });
  };
  return (section.kind().empty() || names(section.kind())) && !names(section.without_kind());
}

std::string InUnits(int128 micros) { return DecimalOf(NumberOf(micros) / Number(kMicrosPerUnit)); }

}  // namespace

CreditsOfTouches::CreditsOfTouches(const v1::AttributionView& row, const RevenueModel& model)
    : row_(row), model_(model) {
  if (row_.has_created()) Add(row_.created(), "opened");
  if (row_.has_won()) Add(row_.won(), "won");
}

void CreditsOfTouches::Add(const v1::AttributedDeal& deal, const char* name) {
  for (int i = 0; i < deal.touches_size(); ++i) {
    const v1::AttributedTouch& touch = deal.touches(i);
    touches_.emplace(absl::StrCat(touch.source(), std::string(1, '\0'), touch.event_id()),
                     Place{&deal, name, i});
  }
  if (!deal.has_amount()) return;
  for (const v1::ModelCredit& credit : deal.credits()) {
    Sum& sum = sums_[absl::StrCat(name, ".", credit.model())];
    sum.currency = deal.amount().currency_code();
    const auto amount = Money::FromProto(deal.amount());
    if (amount.ok()) sum.amount = amount->micros();
  }
}

absl::Status CreditsOfTouches::AddTo(const FoldItem& item, v1::ExplainedEvent& event) {
  if (item.entry == nullptr) return absl::OkStatus();
  const auto [first, end] = touches_.equal_range(item.entry->name);
  if (first == end) AddPart(item, event);
  for (auto found = first; found != end; ++found) {
    const Place& place = found->second;
    if (found == first) {
      met_.insert(found->first);
      v1::FieldChange& channel = *event.add_fields();
      channel.set_field("channel");
      channel.set_to(place.deal->touches(place.index).channel());
    }
    for (const v1::ModelCredit& credit : place.deal->credits()) {
      if (credit.unattributed() || place.index >= credit.shares_size()) continue;
      v1::FieldChange& earned = *event.add_fields();
      earned.set_field(absl::StrCat(place.name, ".", credit.model()));
      earned.set_to(credit.shares(place.index));
      if (!place.deal->has_amount()) continue;
      ASSIGN_OR_RETURN(const Money amount, Money::FromProto(credit.amounts(place.index)));
      earned.set_added(InUnits(amount.micros()));
      sums_[earned.field()].listed += amount.micros();
    }
  }
  return absl::OkStatus();
}

void CreditsOfTouches::AddPart(const FoldItem& item, v1::ExplainedEvent& event) const {
  const Copy& copy = item.entry->standing();
  v1::Event parsed;
  if (touches_.empty() || item.entry->voided || copy.unreadable ||
      !parsed.ParseFromString(copy.bytes) ||
      (parsed.session_id().empty() && parsed.interaction_id().empty()) || !IsTouchpoint(parsed) ||
      !model_.Counts(parsed, copy.at)) {
    return;
  }
  const absl::string_view channel = model_.ChannelOf(parsed, copy.at);
  for (const auto& [name, place] : touches_) {
    const v1::AttributedDeal& deal = *place.deal;
    const v1::Attribution* const section = model_.AttributionAt(deal.at());
    if (section == nullptr || copy.at < deal.lookback_from() || copy.at > deal.at() ||
        !MayEarn(*section, KindOf(parsed))) {
      continue;
    }
    const v1::AttributedTouch& touch = deal.touches(place.index);
    const bool met =
        !parsed.interaction_id().empty() && parsed.interaction_id() == touch.interaction_id();
    const bool visited = section->by_session() && !parsed.session_id().empty() &&
                         parsed.session_id() == touch.session_id() && channel == touch.channel();
    if (!met && !visited) continue;
    v1::FieldChange& part = *event.add_fields();
    part.set_field("part_of");
    part.set_to(touch.event_id());
    return;
  }
}

absl::Status CreditsOfTouches::AddUnattributed(const v1::AttributedDeal& deal, const char* name,
                                               v1::ExplainResponse& response) {
  v1::ExplainedEvent event;
  for (const v1::ModelCredit& credit : deal.credits()) {
    if (!credit.unattributed()) continue;
    v1::FieldChange& earned = *event.add_fields();
    earned.set_field(absl::StrCat(name, ".", credit.model()));
    earned.set_to("100.0000 %");
    if (!deal.has_amount()) continue;
    ASSIGN_OR_RETURN(const Money amount, Money::FromProto(deal.amount()));
    earned.set_added(InUnits(amount.micros()));
    sums_[earned.field()].listed += amount.micros();
  }
  if (event.fields().empty()) return absl::OkStatus();
  event.set_at(deal.at());
  event.set_kind("unattributed");
  *event.mutable_root() = response.row().root();
  *event.mutable_opportunity() = response.row().entity();
  *response.add_events() = std::move(event);
  response.set_events_count(response.events_count() + 1);
  return absl::OkStatus();
}

absl::StatusOr<bool> CreditsOfTouches::Finish(v1::ExplainResponse& response) {
  if (row_.has_created()) RETURN_IF_ERROR(AddUnattributed(row_.created(), "opened", response));
  if (row_.has_won()) RETURN_IF_ERROR(AddUnattributed(row_.won(), "won", response));
  bool equal = true;
  for (const auto& [key, place] : touches_) equal = equal && met_.count(key) > 0;
  for (const auto& [term, sum] : sums_) {
    v1::ExplainedTerm& told = *response.add_terms();
    told.set_term(term);
    told.set_currency(sum.currency);
    told.set_counted(InUnits(sum.amount));
    told.set_added(InUnits(sum.listed));
    equal = equal && sum.amount == sum.listed;
  }
  return equal;
}

}  // namespace revops
