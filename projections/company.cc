// What both teams plan with, folded under roots of its own: campaigns and content, owners, teams
// and territories over time, spend and budget, targets, exchange rates, market size, decisions.
// Asked numbers join it: nothing here is seen by the fold of a customer's journey.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "projections/company_plan.h"
#include "projections/money_sums.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::CompanyView;

constexpr int kSpansMax = 200;

// A thing that has no id of its own is known by what it says. Long names are cut to their hash.
Id Named(absl::string_view what, const std::string& name) {
  return Id(v1::OTHER, what, name.size() <= 200 ? name : ToHex(Sha256Cut(name)));
}

Id TargetId(const v1::Target& target) {
  std::string name = absl::StrCat(target.kpi(), " ", target.from_day(), " ", target.to_day(), " ",
                                  SliceOf(target));
  for (const auto& owner : target.owners()) absl::StrAppend(&name, " ", owner);
  return Named("target", name);
}

absl::string_view WhatOf(v1::IdKind kind) {
  switch (kind) {
    case v1::CAMPAIGN:
      return "campaign";
    case v1::CONTENT:
      return "content_piece";
    case v1::OWNER:
      return "owner";
    case v1::TEAM_ENTITY:
      return "team";
    case v1::TERRITORY:
      return "territory";
    case v1::COMPANY:
      return "company";
    default:
      return "other";
  }
}

// One event, folded.
class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold)
      : fact_(fact), fold_(fold), model_(fold.model()), at_(fact.occurred_at) {}

  absl::Status Run() {
    const Event& event = *fact_.event;
    switch (event.body_case()) {
      case Event::kCampaign:
        *Root().mutable_campaign() = event.campaign();
        break;
      case Event::kContentPiece:
        *Root().mutable_content_piece() = event.content_piece();
        break;
      case Event::kOwner:
        *Root().mutable_owner() = event.owner();
        break;
      case Event::kTeamDefined:
        *Root().mutable_team() = event.team_defined();
        break;
      case Event::kTerritory:
        Hold(event.territory());
        break;
      case Event::kMembership:
        return Join(event.membership());
      case Event::kSpend:
        return Spend(event.spend());
      case Event::kTarget:
        return Target(event.target());
      case Event::kMarketSize:
        return Market(event.market_size());
      case Event::kExchangeRate:
        return Rate(event.exchange_rate());
      case Event::kDecision:
        Decide(event.decision());
        break;
      case Event::kEntityDeleted:
        Delete(event.entity_deleted().entity(), true);
        break;
      case Event::kEntityRestored:
        Delete(event.entity_restored().entity(), false);
        break;
      default:
        break;
    }
    return absl::OkStatus();
  }

 private:
  View& Row(const Id& id, absl::string_view what) {
    View& row = fold_.row<View>(id);
    row.set_what(what.data(), what.size());
    row.set_changed_at(at_);
    return row;
  }
  View& Root() { return Row(fact_.root, WhatOf(fact_.root.kind())); }

  // --- Who holds what ---

  static void End(const std::string& owner, bool any_owner, int64_t at, View& row) {
    for (auto& span : *row.mutable_held()) {
      if (span.until() == 0 && (any_owner || span.owner() == owner)) span.set_until(at);
    }
  }
  void Begin(const std::string& owner, const std::string& team, View& row) {
    auto& held = *row.mutable_held();
    if (held.size() >= kSpansMax) held.erase(held.begin());
    v1::HeldSpan& span = *held.Add();
    span.set_owner(owner);
    span.set_team(team);
    span.set_from(at_);
  }

  void Hold(const v1::Territory& territory) {
    View& row = Root();
    const bool same = row.territory().owner() == territory.owner();
    *row.mutable_territory() = territory;
    if (same) return;
    End("", true, at_, row);
    if (!territory.owner().empty()) Begin(territory.owner(), "", row);
  }

  absl::Status Join(const v1::Membership& membership) {
    if (membership.owner().empty() || (membership.team().empty() && !membership.ended())) {
      return absl::InvalidArgumentError("a membership needs membership.owner and membership.team");
    }
    View& row = Root();
    End(membership.owner(), false, at_, row);
    if (!membership.ended()) Begin(membership.owner(), membership.team(), row);
    return absl::OkStatus();
  }

  // --- Plan ---

  absl::Status Spend(const v1::Spend& spend) {
    RETURN_IF_ERROR(CheckSpend(spend, at_, model_));
    if (spend.impressions() < 0 || spend.clicks() < 0) {
      return absl::InvalidArgumentError("impressions and clicks count up from 0");
    }
    ASSIGN_OR_RETURN(const Money amount, Money::FromProto(spend.amount()));
    const View* stored = fold_.find<View>(fact_.root);
    auto sums = stored == nullptr ? google::protobuf::RepeatedPtrField<v1::Money>()
                : spend.budget()  ? stored->budgeted()
                                  : stored->spent();
    RETURN_IF_ERROR(AddMoney(amount, sums));
    View& row = Root();
    (spend.budget() ? row.mutable_budgeted() : row.mutable_spent())->Swap(&sums);
    CountSpend(spend, at_, 1, fold_);
    return absl::OkStatus();
  }

  // A target for the same KPI, slice, period and owners replaces the one before.
  absl::Status Target(const v1::Target& target) {
    RETURN_IF_ERROR(CheckTarget(target, at_, model_));
    View& row = fold_.row<View>(TargetId(target));
    if (row.has_target()) CountTarget(row.target(), row.changed_at(), -1, fold_);
    CountTarget(target, at_, 1, fold_);
    *row.mutable_target() = target;
    row.set_what("target");
    row.set_changed_at(at_);
    return absl::OkStatus();
  }

  absl::Status Market(const v1::MarketSize& market) {
    RETURN_IF_ERROR(CheckMarket(market, at_, model_));
    View& row = fold_.row<View>(Named(
        "market", absl::StrCat(market.market(), " ", market.from_day(), " ", market.to_day())));
    if (row.has_market()) CountMarket(row.market(), row.changed_at(), -1, fold_);
    CountMarket(market, at_, 1, fold_);
    *row.mutable_market() = market;
    row.set_what("market");
    row.set_changed_at(at_);
    return absl::OkStatus();
  }

  absl::Status Rate(const v1::ExchangeRate& rate) {
    RETURN_IF_ERROR(Currency::Parse(rate.from_currency()).status());
    RETURN_IF_ERROR(Currency::Parse(rate.to_currency()).status());
    if (rate.rate_e9() <= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("rate_e9 is ", rate.rate_e9(), "; give billionths of a unit, more than 0"));
    }
    View& row =
        Row(Named("exchange_rate", absl::StrCat(rate.from_currency(), "/", rate.to_currency(),
                                                rate.plan() ? " plan" : "")),
            "exchange_rate");
    *row.mutable_pair() = rate;
    row.mutable_pair()->clear_rate_e9();
    auto& rates = *row.mutable_rates();
    if (!rates.empty() && rates.rbegin()->from() == at_) rates.RemoveLast();
    if (!rates.empty() && rates.rbegin()->rate_e9() == rate.rate_e9()) return absl::OkStatus();
    v1::RateSpan& span = *rates.Add();
    span.set_from(at_);
    span.set_rate_e9(rate.rate_e9());
    return absl::OkStatus();
  }

  // A decision told again (with its date, as done) is the same one.
  void Decide(const v1::Decision& decision) {
    View& row =
        Row(Named("decision", absl::StrCat(decision.owner(), " ", decision.text())), "decision");
    if (row.decided_at() == 0 || (row.decision().done() && !decision.done())) {
      row.set_decided_at(at_);
    }
    *row.mutable_decision() = decision;
  }

  void Delete(const v1::Id& entity, bool deleted) {
    if (entity.kind() != fact_.root.kind() || fold_.find<View>(fact_.root) == nullptr) return;
    fold_.row<View>(fact_.root).set_deleted(deleted);
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
  const int64_t at_;
};

class Company final : public Projection {
 public:
  absl::string_view name() const override { return "company"; }
  int version() const override { return 2; }
  absl::string_view summary() const override {
    return "Plans of both teams: campaigns, people and territories over time, spend, targets, "
           "rates, market, decisions.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override { return CompanyMeasures(); }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "campaigns", .sort_by = "campaigns by start, the latest first"},
        {.name = "content_pieces", .sort_by = "pieces of content by name"},
        {.name = "people", .sort_by = "owners, teams and territories, by sort and name"},
        {.name = "targets", .sort_by = "targets by first day, the latest first"},
        {.name = "exchange_rates", .sort_by = "pairs of currencies, with all their rates"},
        {.name = "markets", .sort_by = "markets by name"},
        {.name = "decisions", .sort_by = "decisions, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr || fact.derived != nullptr ||
        !fold.model().Counts(*fact.event, fact.occurred_at)) {
      return absl::OkStatus();
    }
    return Folding(fact, fold).Run();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& message) const override {
    const auto& row = static_cast<const View&>(message);
    if (row.deleted()) return {};
    if (row.has_target()) return {{"targets", Descending(row.target().from_day())}};
    if (row.has_market()) return {{"markets", row.market().market()}};
    if (row.has_decision()) return {{"decisions", Descending(row.decided_at())}};
    if (row.has_pair()) {
      return {
          {"exchange_rates", absl::StrCat(row.pair().from_currency(), "/", row.pair().to_currency(),
                                          row.pair().plan() ? " plan" : "")}};
    }
    std::vector<IndexKey> keys;
    if (row.has_campaign()) keys.push_back({"campaigns", Descending(row.campaign().starts_at())});
    if (row.has_content_piece()) keys.push_back({"content_pieces", row.content_piece().name()});
    if (row.has_owner() || row.has_team() || row.has_territory() || !row.held().empty()) {
      const std::string& name = row.has_owner()  ? row.owner().name()
                                : row.has_team() ? row.team().name()
                                                 : row.territory().name();
      keys.push_back({"people", absl::StrCat(row.what(), " ", name)});
    }
    return keys;
  }

  void Present(int64_t instant, const RevenueModel&,
               google::protobuf::Message& message) const override {
    auto& row = static_cast<View&>(message);
    const auto& decision = row.decision();
    row.set_overdue(row.has_decision() && !decision.done() && decision.due_at() != 0 &&
                    decision.due_at() <= instant);
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeCompany() { return std::make_unique<const Company>(); }

}  // namespace revops
