// Which pieces of content reached an account (or a person without one), used by which team, in
// which step, for which persona; and what followed.
#include "engine/event/kind.h"
#include "projections/opportunity_counts.h"
#include "projections/registry.h"
#include "projections/rows.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::ContentView;
using State = v1::OpportunityView;

const Measure kUses = {.name = "content_uses",
                       .dimensions = {"content", "team", "step", "persona", "type"},
                       .grouping_sets = {{}, {0}, {0, 1}, {0, 2}, {0, 3}, {1, 2}}};
// Accounts (or people without one) a piece reached, on the day it first did; and of them, on the
// same day, those in which something followed within the model's follow_days: meeting,
// opportunity, won. Their ratio is a share of a cohort, its n the first of the two.
const Measure kReached = {.name = "content_reached",
                          .dimensions = {"content", "team"},
                          .grouping_sets = {{}, {0}, {1}, {0, 1}}};
const Measure kFollowed = {.name = "content_followed",
                           .dimensions = {"followed", "content", "team"},
                           .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 1, 2}}};
// Closed deals by the pieces that had reached the account before; a deal counts under each piece.
// The comparison group of a piece is closed_count without it; "" are deals that none had reached.
const Measure kDeals = {
    .name = "content_deals", .dimensions = {"outcome", "content"}, .grouping_sets = {{0, 1}}};

absl::string_view TypeName(v1::ContentType type) {
  switch (type) {
    case v1::CASE_STUDY:
      return "case_study";
    case v1::WHITE_PAPER:
      return "white_paper";
    case v1::BROCHURE:
      return "brochure";
    case v1::INFOGRAPHIC:
      return "infographic";
    case v1::VIDEO:
      return "video";
    case v1::DECK:
      return "deck";
    case v1::BLOG_POST:
      return "blog_post";
    case v1::EBOOK:
      return "ebook";
    case v1::TEMPLATE:
      return "template";
    case v1::CALCULATOR:
      return "calculator";
    case v1::CONTENT_OTHER:
      return "other";
    default:
      return "";
  }
}

// One fact, folded into the row of the account, or of a person without one.
class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold)
      : fact_(fact),
        fold_(fold),
        model_(fold.model()),
        at_(fact.occurred_at),
        day_(model_.DayOf(at_)),
        self_(!fact.account().empty() ? fact.account() : fact.person) {}

  void Run() {
    if (self_.empty()) return;
    if (const auto* moved = fact_.As<v1::OpportunityMoved>(); moved != nullptr) {
      DealMoved(*moved);
    } else if (fact_.derived == nullptr && fact_.event != nullptr &&
               model_.Counts(*fact_.event, at_)) {
      ApplyEvent(*fact_.event);
    }
  }

 private:
  void ApplyEvent(const Event& event) {
    if (event.has_persona() && !fact_.person.empty()) {
      fold_.row<View>(fact_.person).set_persona(event.persona().persona());
    }
    if (event.has_content_used()) {
      Use(event.content_used().content_id(), event.content_used().type(),
          event.content_used().step());
    } else if (!event.content_id().empty() && IsTouchpoint(event)) {
      Use(event.content_id(), v1::CONTENT_TYPE_UNSPECIFIED, "");
    }
    const bool held = (event.has_meeting() && event.meeting().action() == v1::Meeting::HELD) ||
                      (event.has_demo() && event.demo().action() == v1::Demo::HELD);
    if (held) Follow("meeting");
  }

  void Use(const std::string& content, v1::ContentType type, const std::string& step) {
    if (content.empty()) return;
    const View* person = fact_.person.empty() ? nullptr : fold_.find<View>(fact_.person);
    const std::string persona = person == nullptr ? "" : person->persona();
    const absl::string_view team = TeamName(fact_.event->team());
    View& row = fold_.row<View>(self_);
    fold_.Count(kUses, day_, {content, team, step, persona, TypeName(type)}, 1);
    v1::ContentSeen* seen = SeenIn(content, row);
    if (seen == nullptr) {
      seen = AddSeen(content, row);
      seen->set_first_at(at_);
      seen->set_first_team(team.data(), team.size());
      fold_.Count(kReached, day_, {content, team}, 1);
    }
    if (type != v1::CONTENT_TYPE_UNSPECIFIED) seen->set_type(type);
    seen->set_uses(seen->uses() + 1);
    seen->set_last_at(at_);
    AddTally(*seen->mutable_by_team(), team, 1);
    row.set_uses(row.uses() + 1);
    row.set_last_at(at_);
    AddTally(*row.mutable_by_step(), step, 1);
    AddTally(*row.mutable_by_persona(), persona, 1);
    AddTally(*row.mutable_by_team(), team, 1);
  }

  static v1::ContentSeen* SeenIn(const std::string& content, View& row) {
    for (auto& seen : *row.mutable_pieces()) {
      if (seen.content_id() == content) return &seen;
    }
    return nullptr;
  }
  static v1::ContentSeen* AddSeen(const std::string& content, View& row) {
    auto& pieces = *row.mutable_pieces();
    pieces.Add()->set_content_id(content);
    int at = pieces.size() - 1;
    for (; at > 0 && pieces[at].content_id() < pieces[at - 1].content_id(); --at) {
      pieces.SwapElements(at, at - 1);
    }
    return &pieces[at];
  }

  // Something happened: it has followed every piece that first reached this account so shortly
  // before, once a piece.
  void Follow(absl::string_view what) {
    if (fold_.find<View>(self_) == nullptr) return;
    for (auto& seen : *fold_.row<View>(self_).mutable_pieces()) {
      if (at_ - seen.first_at() > model_.customers().follow_days() * kMicrosPerDay) continue;
      if (!InsertSorted(*seen.mutable_followed(), what)) continue;
      fold_.Count(kFollowed, model_.DayOf(seen.first_at()),
                  {what, seen.content_id(), seen.first_team()}, 1);
    }
  }

  void DealMoved(const v1::OpportunityMoved& moved) {
    if (moved.from() == moved.to()) return;
    TakeBack(ToText(fact_.opportunity));
    if (moved.from() == State::STATE_UNSPECIFIED && moved.to() == State::OPEN) {
      Follow("opportunity");
    }
    if (moved.to() == State::OPEN || moved.to() == State::STATE_UNSPECIFIED) return;
    View& row = fold_.row<View>(self_);
    v1::ContentDeal& closed = *row.add_deals();
    closed.set_opportunity(ToText(fact_.opportunity));
    closed.set_closed_at(at_);
    closed.set_state(moved.to());
    CountDeal(closed, row, 1);
    if (moved.to() == State::WON) Follow("won");
  }

  // A deal that reopens, or is deleted, posts a reversing entry on the day of that.
  void TakeBack(const std::string& deal) {
    if (fold_.find<View>(self_) == nullptr) return;
    View& row = fold_.row<View>(self_);
    auto& deals = *row.mutable_deals();
    for (auto closed = deals.begin(); closed != deals.end(); ++closed) {
      if (closed->opportunity() != deal) continue;
      CountDeal(*closed, row, -1);
      deals.erase(closed);
      return;
    }
  }

  void CountDeal(const v1::ContentDeal& deal, const View& row, int sign) {
    bool any = false;
    for (const auto& seen : row.pieces()) {
      if (seen.first_at() > deal.closed_at()) continue;
      any = true;
      fold_.Count(kDeals, day_, {StateName(deal.state()), seen.content_id()}, sign);
    }
    if (!any) fold_.Count(kDeals, day_, {StateName(deal.state()), ""}, sign);
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
  const int64_t at_;
  const int32_t day_;
  const Id self_;
};

class Content final : public Projection {
 public:
  absl::string_view name() const override { return "content"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "Pieces of content that reached an account, used by either team, and what followed.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *new std::vector<Measure>{kUses, kReached, kFollowed, kDeals};
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "last_use", .sort_by = "accounts by the last piece used, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    Folding(fact, fold).Run();
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& content = static_cast<const View&>(row);
    if (content.uses() == 0) return {};
    return {{"last_use", Descending(content.last_at())}};
  }

  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}
};

}  // namespace

std::unique_ptr<const Projection> MakeContent() { return std::make_unique<const Content>(); }

}  // namespace revops
