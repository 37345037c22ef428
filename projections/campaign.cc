// What a campaign did at one account: whom it reached, who answered, and the truth of the
// follow-up: contacted in the time promised, met, pipeline, booking, with the step where the baton
// fell.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "engine/event/kind.h"
#include "projections/campaign_counts.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::CampaignView;
using Response = v1::CampaignResponse;

constexpr int kResponsesMax = 500;
constexpr int kReachedMax = 1000;
constexpr int kDealsMax = 50;
constexpr int kWinsMax = 8;
constexpr int kAnsweredMax = 200;

Id CampaignId(absl::string_view campaign) { return Id(v1::CAMPAIGN, "", campaign); }

bool IsPromised(const v1::Sla& sla, absl::string_view kind) {
  return std::any_of(sla.follow_up_kind().begin(), sla.follow_up_kind().end(),
                     [kind](const std::string& name) { return KindMatches(name, kind); });
}

bool IsAttendance(const v1::Event& event) {
  return event.webinar().action() == v1::Webinar::ATTENDED ||
         event.trade_show().action() == v1::TradeShow::ATTENDED;
}

// What the customer did of their own accord, and not just saw.
bool IsResponse(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kForm:
    case v1::Event::kChat:
    case v1::Event::kReferral:
    case v1::Event::kContentUsed:
      return true;
    case v1::Event::kEmail:
      return event.email().action() == v1::Email::REPLIED;
    case v1::Event::kDemo:
      return event.demo().action() == v1::Demo::REQUESTED;
    default:
      return IsAttendance(event);
  }
}

bool IsMeetingHeld(const v1::Event& event) {
  return event.meeting().action() == v1::Meeting::HELD || event.demo().action() == v1::Demo::HELD;
}

// One fact, folded.
class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold) : fact_(fact), fold_(fold), model_(fold.model()) {}

  void Run() {
    if (const auto* deal = fact_.As<v1::DealChanged>(); deal != nullptr) {
      DealChanged(*deal);
      return;
    }
    if (fact_.derived != nullptr || fact_.tenure != nullptr || fact_.person.empty() ||
        !model_.Counts(*fact_.event, fact_.occurred_at)) {
      return;
    }
    const v1::Event& event = *fact_.event;
    if (!event.campaign_id().empty() && IsTouchpoint(event)) NoteTouch(event);
    const bool by_sales = IsHumanTouch(event) && event.team() != v1::MARKETING;
    if (by_sales || IsMeetingHeld(event)) NoteContact(IsMeetingHeld(event));
  }

 private:
  // All changes of a campaign's row go through here, so that its cells are what it says.
  template <typename How>
  void Change(const std::string& campaign, How how) {
    const Id id = CampaignId(campaign);
    const View* stored = fold_.find<View>(id);
    const View before = stored == nullptr ? View() : *stored;
    View after = before;
    after.set_campaign(campaign);
    how(after);
    ContributionsOf(after, model_).CountSince(ContributionsOf(before, model_), fold_);
    fold_.row<View>(id) = std::move(after);
  }

  std::vector<std::string> AnsweredBy(const Id& entity) {
    const View* row = fold_.find<View>(entity);
    if (row == nullptr) return {};
    return {row->answered().begin(), row->answered().end()};
  }
  void NoteAnswered(const Id& entity, const std::string& campaign) {
    auto& answered = *fold_.row<View>(entity).mutable_answered();
    if (answered.size() < kAnsweredMax) InsertSorted(answered, campaign);
  }

  void NoteTouch(const v1::Event& event) {
    const std::string& campaign = event.campaign_id();
    const absl::string_view channel = model_.ChannelOf(event, fact_.occurred_at);
    const absl::string_view kind = KindOf(event);
    const v1::Sla& sla = model_.SlaAt(fact_.occurred_at);
    const bool promised = IsPromised(sla, kind);
    const bool response = promised || IsResponse(event);
    bool reached = false;
    const auto note = [&](View& row) {
      row.set_touches(row.touches() + 1);
      if (row.first_touch_at() == 0) row.set_first_touch_at(fact_.occurred_at);
      row.set_last_touch_at(fact_.occurred_at);
      reached = row.reached_size() < kReachedMax &&
                InsertSorted(*row.mutable_reached(), fact_.person.bytes());
      if (reached) row.set_people(row.people() + 1);
    };
    if (response) {
      Change(campaign, [&](View& row) {
        note(row);
        Respond(kind, promised, sla, row);
      });
      NoteAnswered(fact_.person, campaign);
      NoteAnswered(fact_.root, campaign);
    } else {
      View& row = fold_.row<View>(CampaignId(campaign));
      row.set_campaign(campaign);
      note(row);  // changes nothing that the row's cells are made of
    }
    CountCampaignTouch({campaign, channel, reached}, model_.DayOf(fact_.occurred_at), fold_);
  }

  // A person answers once; coming to the event that was promised a follow-up replaces a lesser
  // answer that nobody has followed up.
  void Respond(absl::string_view kind, bool promised, const v1::Sla& sla, View& row) {
    Response* response = Find(fact_.person, row);
    if (response != nullptr &&
        (!promised || response->due_at() != 0 || response->contacted_at() != 0)) {
      return;
    }
    if (response == nullptr) {
      row.set_responses_count(row.responses_count() + 1);
      if (row.responses_size() == kResponsesMax) return;
      response = row.add_responses();
      response->set_person(fact_.person.bytes());
    }
    response->set_kind(kind.data(), kind.size());
    response->set_at(fact_.occurred_at);
    response->set_by_day(ByDay(*fact_.event));
    const BusinessHours* hours = model_.CalendarNamed("");
    if (!promised || hours == nullptr || response->by_day()) return;
    constexpr int64_t kMicrosPerMinute = 60'000'000;
    response->set_due_at(
        hours->After(fact_.occurred_at, sla.follow_up_minutes() * kMicrosPerMinute));
  }

  static Response* Find(const Id& person, View& row) {
    for (auto& response : *row.mutable_responses()) {
      if (response.person() == person.bytes()) return &response;
    }
    return nullptr;
  }

  void NoteContact(bool met) {
    for (const std::string& campaign : AnsweredBy(fact_.person)) {
      Change(campaign, [&](View& row) {
        Response* response = Find(fact_.person, row);
        if (response == nullptr) return;
        if (response->contacted_at() == 0) response->set_contacted_at(fact_.occurred_at);
        if (met && response->met_at() == 0) response->set_met_at(fact_.occurred_at);
      });
    }
  }

  // --- Deals ---

  void DealChanged(const v1::DealChanged& changed) {
    if (changed.to() == v1::OpportunityView::OPEN || !changed.has_before()) Join(changed);
    const std::string deal = ToText(fact_.opportunity);
    for (const std::string& campaign : AnsweredBy(fact_.opportunity)) {
      Change(campaign, [&](View& row) { Follow(deal, changed, row); });
    }
  }

  // The deal came of the answers that its people gave before: those with a role, else whoever the
  // opening names, else all at the account.
  void Join(const v1::DealChanged& changed) {
    if (!changed.has_after()) return;
    std::set<std::string> people;
    if (!fact_.person.empty()) people.insert(fact_.person.bytes());
    for (const auto& contact : changed.after().contacts()) people.insert(Id(contact).bytes());
    if (people.empty() && changed.has_before()) return;
    for (const std::string& campaign : AnsweredBy(fact_.root)) {
      bool joins = false;
      Change(campaign, [&](View& row) {
        for (auto& response : *row.mutable_responses()) {
          const bool theirs = people.empty() || people.count(response.person()) > 0;
          if (!theirs || !response.deal().empty()) continue;
          response.set_deal(ToText(fact_.opportunity));
          response.set_opportunity_at(std::max(changed.after().opened_at(), response.at()));
          joins = true;
        }
        if (joins) AddDeal(changed.after(), row);
      });
      if (joins) NoteAnswered(fact_.opportunity, campaign);
    }
  }

  void AddDeal(const v1::DealAt& deal, View& row) const {
    const std::string name = ToText(fact_.opportunity);
    for (const auto& known : row.deals()) {
      if (known.deal() == name) return;
    }
    if (row.deals_size() == kDealsMax) return;
    auto& added = *row.add_deals();
    added.set_deal(name);
    added.set_opened_at(deal.opened_at());
    if (deal.has_amount()) *added.mutable_opened_amount() = deal.amount();
  }

  void Follow(const std::string& name, const v1::DealChanged& changed, View& row) const {
    const bool won = changed.to() == v1::OpportunityView::WON;
    const bool lost = changed.has_after() && !won && changed.to() != v1::OpportunityView::OPEN;
    for (auto& deal : *row.mutable_deals()) {
      if (deal.deal() != name) continue;
      deal.set_lost(lost);
      FollowWins(won, changed.after(), deal);
    }
    for (auto& response : *row.mutable_responses()) {
      if (response.deal() != name) continue;
      response.set_won_at(won ? changed.after().closed_at() : 0);
      response.set_lost(lost);
    }
  }

  // A win that no longer stands, or is worth something else, gets a reversing entry today.
  void FollowWins(bool won, const v1::DealAt& after, v1::CampaignDeal& deal) const {
    const bool stood = !deal.wins().empty() && deal.wins().rbegin()->reversed_at() == 0;
    if (stood) {
      auto& last = *deal.mutable_wins()->rbegin();
      const bool same = won && last.has_amount() == after.has_amount() &&
                        last.amount().SerializeAsString() == after.amount().SerializeAsString();
      if (same) return;
      last.set_reversed_at(fact_.occurred_at);
    }
    if (!won || deal.wins_size() == kWinsMax) return;
    auto& win = *deal.add_wins();
    win.set_at(stood ? fact_.occurred_at : after.closed_at());
    if (after.has_amount()) *win.mutable_amount() = after.amount();
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
};

class Campaigns final : public Projection {
 public:
  absl::string_view name() const override { return "campaign"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "Campaigns by account: reach, responses, and what became of each response.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override { return CampaignMeasures(); }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "responses", .sort_by = "campaigns at accounts by last touch, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    Folding(fact, fold).Run();
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& campaign = static_cast<const View&>(row);
    if (campaign.responses_count() == 0) return {};
    return {{"responses", Descending(campaign.last_touch_at())}};
  }

  void Present(int64_t instant, const RevenueModel&,
               google::protobuf::Message& row) const override {
    auto& campaign = static_cast<View&>(row);
    campaign.clear_reached();
    campaign.clear_answered();
    for (auto& response : *campaign.mutable_responses())
      PresentResponse(instant, campaign, response);
  }

 private:
  static void PresentResponse(int64_t instant, View& campaign, Response& response) {
    *response.mutable_person_id() = Id::FromBytes(response.person()).ToProto();
    response.clear_person();
    const absl::string_view fell = FellAt(response, instant);
    response.set_fell_at(fell.data(), fell.size());
    if (response.contacted_at() != 0 && response.due_at() != 0) {
      const bool in_time = response.contacted_at() <= response.due_at();
      in_time ? campaign.set_contacted_in_time(campaign.contacted_in_time() + 1)
              : campaign.set_contacted_late(campaign.contacted_late() + 1);
    }
    if (response.met_at() != 0) campaign.set_met(campaign.met() + 1);
    if (absl::EndsWith(response.kind(), ".attended")) {
      campaign.set_attended(campaign.attended() + 1);
    }
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeCampaign() { return std::make_unique<const Campaigns>(); }

}  // namespace revops
