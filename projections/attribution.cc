// Who gets credit for a deal: each won one, and each opened one, shared among the touches of both
// teams before it under every model of the revenue model, side by side.
#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "projections/attribution_counts.h"
#include "projections/attribution_credit.h"
#include "projections/attribution_touches.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::AttributionView;

constexpr int kWinsMax = 64;

bool LooksBackToAWin(v1::Motion motion) { return motion == v1::EXPANSION || motion == v1::RENEWAL; }

// One event of a deal, folded.
class DealStep final {
 public:
  DealStep(const Fact& fact, const v1::DealChanged& moved, Fold& fold)
      : fact_(fact),
        moved_(moved),
        fold_(fold),
        today_(fold.model().DayOf(fact.occurred_at)),
        was_won_(moved.from() == v1::OpportunityView::WON),
        is_won_(moved.to() == v1::OpportunityView::WON) {}

  void Run() {
    if (!moved_.has_before() && moved_.has_after() && !Row().has_created()) Create();
    if (was_won_ && is_won_) {
      ChangeWin();
    } else if (was_won_) {
      TakeBack(today_);
      SetWin(moved_.before().closed_at(), false);
      Row().set_times_reversed(Row().times_reversed() + 1);
    } else if (is_won_) {
      const bool restored = !moved_.has_before() && fact_.event->has_entity_restored();
      Win(restored ? today_ : DayOf(moved_.after().closed_at()));
    }
  }

 private:
  View& Row() { return fold_.row<View>(fact_.opportunity); }
  v1::TouchStore& OfRoot() { return *fold_.row<View>(fact_.root).mutable_store(); }
  int32_t DayOf(int64_t at) const { return fold_.model().DayOf(at); }

  void Create() {
    const int64_t at = moved_.after().opened_at();
    Milestones milestones;
    milestones.opportunity = at;
    v1::AttributedDeal deal = Share(at, milestones);
    deal.set_booked_day(today_);
    PostCredits(deal, {Anchor::kCreated, today_, 1}, fold_);
    *Row().mutable_created() = std::move(deal);
  }

  void Win(int32_t day) {
    Book(day);
    v1::TouchStore& root = OfRoot();
    v1::PathEnd& path = *root.mutable_path();
    if (path.converted()) path.Clear();
    ConvertPath(path, DayOf(moved_.after().closed_at()), 1, fold_);
    path.set_converted(true);
    path.set_opportunity(fact_.opportunity.bytes());
    *Row().mutable_won()->mutable_path() = path;
    SetWin(moved_.after().closed_at(), true);
  }

  // Credits as of the win: under the definition, and with the people, of now.
  void Book(int32_t day) {
    const int64_t at = moved_.after().closed_at();
    Milestones milestones;
    milestones.opportunity = moved_.after().opened_at();
    milestones.won = at;
    v1::AttributedDeal deal = Share(at, milestones);
    deal.set_booked_day(day);
    PostCredits(deal, {Anchor::kWon, day, 1}, fold_);
    *Row().mutable_won() = std::move(deal);
  }

  // A reversing entry of the money and of the path, which goes on as if there had been no win.
  void TakeBack(int32_t day) {
    const v1::AttributedDeal won = Row().won();
    PostCredits(won, {Anchor::kWon, day, -1}, fold_);
    ConvertPath(won.path(), DayOf(won.at()), -1, fold_);
    v1::PathEnd& path = *OfRoot().mutable_path();
    if (path.converted() && path.opportunity() == fact_.opportunity.bytes()) {
      path.set_converted(false);
      path.clear_opportunity();
    }
    Row().clear_won();
  }

  // As bookings do: a close that moves counts on its new day, another change on the day of the
  // change.
  void ChangeWin() {
    const v1::DealAt& before = moved_.before();
    const v1::DealAt& after = moved_.after();
    const bool day_moved = before.closed_at() != after.closed_at();
    if (!day_moved && SameForCredit(before, after)) return;
    const v1::PathEnd path = Row().won().path();
    const int32_t old_day = day_moved ? DayOf(before.closed_at()) : today_;
    PostCredits(Row().won(), {Anchor::kWon, old_day, -1}, fold_);
    SetWin(before.closed_at(), false);
    Book(day_moved ? DayOf(after.closed_at()) : today_);
    SetWin(after.closed_at(), true);
    if (day_moved) {
      ConvertPath(path, DayOf(before.closed_at()), -1, fold_);
      ConvertPath(path, DayOf(after.closed_at()), 1, fold_);
    }
    *Row().mutable_won()->mutable_path() = path;
  }

  static bool SameForCredit(const v1::DealAt& before, const v1::DealAt& after) {
    return before.amount().SerializeAsString() == after.amount().SerializeAsString() &&
           before.has_amount() == after.has_amount() && before.motion() == after.motion() &&
           std::equal(before.contacts().begin(), before.contacts().end(), after.contacts().begin(),
                      after.contacts().end(),
                      [](const v1::Id& a, const v1::Id& b) { return Id(a) == Id(b); });
  }

  void SetWin(int64_t at, bool stands) {
    auto& wins = *OfRoot().mutable_wins();
    const auto place = std::lower_bound(wins.begin(), wins.end(), at);
    if (!stands) {
      if (place != wins.end() && *place == at) wins.erase(place);
      return;
    }
    const int index = static_cast<int>(place - wins.begin());
    wins.Add(at);
    std::rotate(wins.begin() + index, wins.end() - 1, wins.end());
    if (wins.size() > kWinsMax) wins.erase(wins.begin());
  }

  v1::AttributedDeal Share(int64_t at, Milestones milestones) {
    v1::AttributedDeal deal;
    deal.set_at(at);
    if (moved_.after().has_amount()) *deal.mutable_amount() = moved_.after().amount();
    const v1::Attribution* section = fold_.model().AttributionAt(at);
    if (section == nullptr) return deal;
    ConvertedDeal conversion{fact_.opportunity, fact_.root, at,
                             LooksBackToAWin(moved_.after().motion())};
    for (const auto& contact : moved_.after().contacts()) {
      conversion.contacts.push_back(Id(contact));
    }
    const int64_t lead_at = Gather(conversion, *section, fold_, deal);
    if (lead_at != 0) milestones.lead = lead_at;
    for (const auto& model : section->model()) {
      auto& credit = *deal.add_credits();
      credit.set_model(model.name());
      credit.set_model_version(model.version());
      for (const int64_t weight : WeightsOf(model, *section, deal, milestones)) {
        credit.add_weights(weight);
      }
    }
    return deal;
  }

  const Fact& fact_;
  const v1::DealChanged& moved_;
  Fold& fold_;
  const int32_t today_;
  const bool was_won_;
  const bool is_won_;
};

// "41.6667 %"
std::string PercentOf(int128 share) {
  const auto rounded = static_cast<int64_t>((share + 500'000) / 1'000'000);
  return absl::StrFormat("%d.%04d %%", rounded / 10'000, rounded % 10'000);
}

void PresentDeal(v1::AttributedDeal& deal) {
  deal.clear_path();
  for (auto& credit : *deal.mutable_credits()) {
    credit.set_unattributed(credit.weights().empty());
    for (const int128 share : SharesOf(credit)) credit.add_shares(PercentOf(share));
    for (const Money& amount : AmountsOf(deal, credit)) {
      const auto proto = amount.ToProto();
      if (proto.ok()) *credit.add_amounts() = *proto;
    }
  }
}

class Attribution final : public Projection {
 public:
  absl::string_view name() const override { return "attribution"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "Credit of each won and each opened deal over both teams' touches, by several models.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override { return AttributionMeasures(); }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "won", .sort_by = "won deals with their credits, the latest first"},
        {.name = "opened", .sort_by = "deals by opening, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (const auto* moved = fact.As<v1::DealChanged>(); moved != nullptr) {
      DealStep(fact, *moved, fold).Run();
    } else if (fact.derived == nullptr && fact.tenure == nullptr &&
               fold.model().Counts(*fact.event, fact.occurred_at)) {
      NoteEvent(fact, fold);
    }
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& deal = static_cast<const View&>(row);
    std::vector<IndexKey> keys;
    if (deal.has_won()) keys.push_back({"won", Descending(deal.won().at())});
    if (deal.has_created()) keys.push_back({"opened", Descending(deal.created().at())});
    return keys;
  }

  void Present(int64_t, const RevenueModel&, google::protobuf::Message& row) const override {
    auto& deal = static_cast<View&>(row);
    deal.clear_store();
    if (deal.has_created()) PresentDeal(*deal.mutable_created());
    if (deal.has_won()) PresentDeal(*deal.mutable_won());
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeAttribution() {
  return std::make_unique<const Attribution>();
}

}  // namespace revops
