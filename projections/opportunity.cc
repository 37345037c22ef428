// One deal: where it stands, what was said of it and when, and what it adds to pipeline and
// bookings. It opens, changes, closes with an outcome and may reopen; stages are known by their id
// and mean what the model says.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "projections/opportunity_counts.h"
#include "projections/opportunity_flows.h"
#include "projections/opportunity_history.h"
#include "projections/opportunity_stages.h"
#include "projections/patch.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::OpportunityView;

View::State StateOf(v1::OpportunityClosed::Outcome outcome) {
  switch (outcome) {
    case v1::OpportunityClosed::WON:
      return View::WON;
    case v1::OpportunityClosed::LOST:
      return View::LOST;
    case v1::OpportunityClosed::NO_DECISION:
      return View::NO_DECISION;
    case v1::OpportunityClosed::DISQUALIFIED:
      return View::DISQUALIFIED;
    case v1::OpportunityClosed::DUPLICATE:
      return View::DUPLICATE;
    default:
      return View::STATE_UNSPECIFIED;
  }
}

View::State StateOf(v1::StageKind kind) {
  return kind == v1::WON_STAGE ? View::WON : kind == v1::LOST_STAGE ? View::LOST : View::OPEN;
}

// One event applied to a copy of the deal, so that a refusal leaves no trace.
class Applied final {
 public:
  Applied(const Fact& fact, const RevenueModel& model, View deal)
      : fact_(fact), model_(model), deal_(std::move(deal)) {}

  View& deal() { return deal_; }

  absl::Status Opened(const v1::OpportunityOpened& opened) {
    if (deal_.state() != View::STATE_UNSPECIFIED) {
      return absl::InvalidArgumentError(
          "the deal was opened before; publish what is new as opportunity_changed");
    }
    deal_.set_state(View::OPEN);
    deal_.set_opened_at(fact_.occurred_at);
    deal_.set_opened_by_day(ByDay(*fact_.event));
    RETURN_IF_ERROR(Patch(opened.fields()));
    return MoveTo(opened.fields().pipeline_id(), opened.fields().stage_id());
  }

  absl::Status Changed(const v1::OpportunityChanged& changed) {
    RETURN_IF_ERROR(NeedsOpening("changed"));
    RETURN_IF_ERROR(Patch(changed.fields()));
    const auto& patch = changed.fields();
    const auto& now = deal_.fields();
    const std::string pipeline = patch.has_pipeline_id() ? patch.pipeline_id() : now.pipeline_id();
    const std::string stage = patch.has_stage_id() ? patch.stage_id() : now.stage_id();
    const bool moves = pipeline != now.pipeline_id() || stage != now.stage_id();
    return moves ? MoveTo(pipeline, stage) : absl::OkStatus();
  }

  absl::Status Closed(const v1::OpportunityClosed& closed) {
    RETURN_IF_ERROR(NeedsOpening("closed"));
    const View::State state = StateOf(closed.outcome());
    if (state == View::STATE_UNSPECIFIED) {
      return absl::InvalidArgumentError(
          "a close without an outcome; set opportunity_closed.outcome");
    }
    if (IsClosed(deal_) && deal_.state() != state) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the deal is closed already, as ", StateName(deal_.state()), "; reopen it first"));
    }
    // A second close of a closed deal adds to the first: a reason, a corrected day.
    const int64_t told_at = IsClosed(deal_) ? deal_.closed_at() : fact_.occurred_at;
    const int64_t closed_at = closed.closed_at() != 0 ? closed.closed_at() : told_at;
    if (closed_at < deal_.opened_at()) {
      return absl::InvalidArgumentError(
          "closed_at lies before the opening; correct one of the two");
    }
    RETURN_IF_ERROR(Patch(closed.fields()));
    if (!IsClosed(deal_)) {
      RETURN_IF_ERROR(EnterClosedStage(state, closed.fields().stage_id()));
      deal_.set_closed_by_day(closed.closed_at() == 0 && ByDay(*fact_.event));
    }
    if (closed.closed_at() != 0) {
      deal_.set_backdated(model_.DayOf(closed_at) < model_.DayOf(fact_.occurred_at));
    }
    Close(state, closed_at);
    if (!closed.reason().empty()) deal_.set_close_reason(closed.reason());
    return absl::OkStatus();
  }

  absl::Status Reopened(const v1::OpportunityReopened& reopened) {
    RETURN_IF_ERROR(NeedsOpening("reopened"));
    if (!IsClosed(deal_)) {
      return absl::InvalidArgumentError("the deal is open; only a closed one can be reopened");
    }
    const std::string stage = reopened.fields().has_stage_id() ? reopened.fields().stage_id()
                                                               : deal_.last_open_stage_id();
    RETURN_IF_ERROR(Patch(reopened.fields()));
    RETURN_IF_ERROR(MoveTo(deal_.fields().pipeline_id(), stage));
    if (IsClosed(deal_)) {
      return absl::InvalidArgumentError(
          absl::StrCat("reopened into the closed stage \"", stage, "\"; name an open one"));
    }
    return absl::OkStatus();
  }

  absl::Status Deleted(bool deleted) {
    RETURN_IF_ERROR(NeedsOpening(deleted ? "deleted" : "restored"));
    deal_.set_deleted(deleted);
    return absl::OkStatus();
  }

 private:
  absl::Status NeedsOpening(absl::string_view what) const {
    if (deal_.state() != View::STATE_UNSPECIFIED) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("the deal was ", what, " but never opened; publish its opportunity_opened"));
  }

  // Takes over what the event says of the deal, but for its place in the pipeline.
  absl::Status Patch(const v1::OpportunityFields& patch) {
    RETURN_IF_ERROR(CheckPatch(patch));
    int64_t revenue_ppm = 0;
    for (const auto& split : patch.splits()) {
      if (split.share_ppm() < 0) {
        return absl::InvalidArgumentError("a split has a negative share; give share_ppm from 0");
      }
      if (split.kind() != v1::Split::OVERLAY) revenue_ppm += split.share_ppm();
    }
    if (patch.splits_size() > 0 && revenue_ppm != 1'000'000 && revenue_ppm != 0) {
      return absl::InvalidArgumentError(absl::StrCat("revenue splits sum to ", revenue_ppm,
                                                     " millionths; make them sum to 1000000"));
    }
    const v1::OpportunityFields old = deal_.fields();
    auto& fields = *deal_.mutable_fields();
    ApplyPatch(patch, fields);
    fields.clear_pipeline_id();
    fields.clear_stage_id();
    if (old.has_pipeline_id()) fields.set_pipeline_id(old.pipeline_id());
    if (old.has_stage_id()) fields.set_stage_id(old.stage_id());
    // Who sourced a deal is fixed when it is created.
    if (old.sourced_by() != v1::SOURCED_BY_UNSPECIFIED) fields.set_sourced_by(old.sourced_by());
    ASSIGN_OR_RETURN(const auto total, TotalOf(fields));
    deal_.clear_amount();
    if (total.has_value()) {
      ASSIGN_OR_RETURN(*deal_.mutable_amount(), total->ToProto());
    }
    return absl::OkStatus();
  }

  // Enters the stage (empty: the first) of the pipeline (empty: the model's first); a closed one
  // closes the deal, an open one reopens a closed deal.
  absl::Status MoveTo(const std::string& pipeline_id, const std::string& stage_id) {
    const v1::Pipeline* pipeline = model_.PipelineOf(pipeline_id, fact_.occurred_at);
    if (pipeline == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "pipeline_id \"", pipeline_id, "\" is not in the model; add it to pipelines"));
    }
    const auto stage =
        model_.StageOf(pipeline_id, stage_id.empty() ? pipeline->stage(0).stage_id() : stage_id,
                       fact_.occurred_at);
    if (!stage.has_value()) return UnknownStage(*pipeline, stage_id);
    const View::State state = StateOf(stage->stage->kind());
    Enter(*stage);
    if (state == View::OPEN) {
      if (IsClosed(deal_)) Reopen();
    } else if (deal_.state() != state) {
      Close(state, fact_.occurred_at);
      deal_.set_closed_by_day(ByDay(*fact_.event));
    }
    return absl::OkStatus();
  }

  static absl::Status UnknownStage(const v1::Pipeline& pipeline, const std::string& stage_id) {
    return absl::InvalidArgumentError(absl::StrCat("stage_id \"", stage_id,
                                                   "\" is not in the model's pipeline \"",
                                                   pipeline.pipeline_id(), "\"; add it there"));
  }

  // The stage a close names, if it fits the outcome, else the pipeline's first that does.
  absl::Status EnterClosedStage(View::State state, const std::string& stage_id) {
    const v1::StageKind kind = state == View::WON ? v1::WON_STAGE : v1::LOST_STAGE;
    const auto* pipeline = model_.PipelineOf(deal_.fields().pipeline_id(), fact_.occurred_at);
    if (pipeline == nullptr) return absl::OkStatus();
    int found = -1;
    bool known = stage_id.empty();
    for (int i = 0; i < pipeline->stage_size(); ++i) {
      const auto& stage = pipeline->stage(i);
      known = known || stage.stage_id() == stage_id;
      if (stage.kind() == kind && (found < 0 || stage.stage_id() == stage_id)) found = i;
    }
    if (!known) return UnknownStage(*pipeline, stage_id);
    if (found >= 0) Enter({pipeline, &pipeline->stage(found), found});
    return absl::OkStatus();
  }

  void Enter(const RevenueModel::StageInPipeline& stage) {
    EnterStage(stage, {model_, fact_.occurred_at, ByDay(*fact_.event)}, deal_);
  }

  void Close(View::State state, int64_t closed_at) {
    deal_.set_state(state);
    deal_.set_closed_at(closed_at);
    if (deal_.first_closed_at() == 0) deal_.set_first_closed_at(closed_at);
  }

  void Reopen() {
    deal_.set_state(View::OPEN);
    deal_.set_times_reopened(deal_.times_reopened() + 1);
    deal_.clear_closed_at();
    deal_.clear_closed_by_day();
    deal_.clear_close_reason();
    deal_.clear_backdated();
  }

  const Fact& fact_;
  const RevenueModel& model_;
  View deal_;
};

// --- The view -----------------------------------------------------------------------------------

bool IsAboutDeal(const Event& event) {
  switch (event.body_case()) {
    case Event::kOpportunityOpened:
    case Event::kOpportunityChanged:
    case Event::kOpportunityClosed:
    case Event::kOpportunityReopened:
      return true;
    case Event::kEntityDeleted:
      return event.entity_deleted().entity().kind() == v1::OPPORTUNITY;
    case Event::kEntityRestored:
      return event.entity_restored().entity().kind() == v1::OPPORTUNITY;
    default:
      return false;
  }
}

absl::Status ApplyBody(const Event& event, Applied& applied) {
  switch (event.body_case()) {
    case Event::kOpportunityOpened:
      return applied.Opened(event.opportunity_opened());
    case Event::kOpportunityChanged:
      return applied.Changed(event.opportunity_changed());
    case Event::kOpportunityClosed:
      return applied.Closed(event.opportunity_closed());
    case Event::kOpportunityReopened:
      return applied.Reopened(event.opportunity_reopened());
    case Event::kEntityDeleted:
      return applied.Deleted(true);
    default:
      return applied.Deleted(false);
  }
}

View::State Standing(const View& deal) {
  return deal.deleted() ? View::STATE_UNSPECIFIED : deal.state();
}

void TellOf(const View& deal, v1::DealAt& at) {
  const auto& fields = deal.fields();
  if (deal.has_amount()) *at.mutable_amount() = deal.amount();
  at.set_opened_at(deal.opened_at());
  at.set_closed_at(deal.closed_at());
  at.set_motion(fields.motion());
  at.set_owner(fields.owner());
  at.set_owner_team(fields.owner_team());
  at.set_primary_campaign(fields.primary_campaign());
  for (const auto& role : fields.contact_roles()) {
    if (CheckId(role.contact()).ok()) *at.add_contacts() = role.contact();
  }
}

std::unique_ptr<v1::DealChanged> Changed(const View& before, const View& after) {
  auto changed = std::make_unique<v1::DealChanged>();
  changed->set_from(Standing(before));
  changed->set_to(Standing(after));
  if (changed->from() != View::STATE_UNSPECIFIED) TellOf(before, *changed->mutable_before());
  if (changed->to() != View::STATE_UNSPECIFIED) TellOf(after, *changed->mutable_after());
  return changed;
}

class Opportunity final : public Projection {
 public:
  absl::string_view name() const override { return "opportunity"; }
  int version() const override { return 6; }
  absl::string_view summary() const override {
    return "Deals: stage, amount, close date and owner with their history, outcome and age.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>(OpportunityMeasures());
      const auto& flows = OpportunityFlowMeasures();
      all->insert(all->end(), flows.begin(), flows.end());
      return all;
    }();
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "close_date", .sort_by = "open deals by expected close date, the next first"},
        {.name = "closed", .sort_by = "closed deals, the latest first"},
        {.name = "opened", .sort_by = "all deals by opening, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr || fact.derived != nullptr || !IsAboutDeal(*fact.event) ||
        !fold.model().Counts(*fact.event, fact.occurred_at)) {
      return absl::OkStatus();
    }
    if (fact.opportunity.empty()) {
      return absl::InvalidArgumentError("names no opportunity; put its id in the subject");
    }
    const View* stored = fold.find<View>(fact.opportunity);
    const View before = stored == nullptr ? View() : *stored;
    Applied applied(fact, fold.model(), before);
    RETURN_IF_ERROR(ApplyBody(*fact.event, applied));
    View& after = applied.deal();
    Remember(fact, fold.model(), before, after);
    CountStep({before, after, fact.occurred_at}, fold);
    CountFlows({before, after, fact.occurred_at}, fold);
    if (Standing(before) != Standing(after)) {
      auto moved = std::make_unique<v1::OpportunityMoved>();
      moved->set_from(Standing(before));
      moved->set_to(Standing(after));
      moved->set_motion(after.fields().motion());
      moved->set_sourced_by(after.fields().sourced_by());
      fold.Derive(std::move(moved));
    }
    fold.Derive(Changed(before, after));
    fold.row<View>(fact.opportunity) = std::move(after);
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& deal = static_cast<const View&>(row);
    if (deal.deleted()) return {};
    std::vector<IndexKey> keys = {{"opened", Descending(deal.opened_at())}};
    if (IsClosed(deal)) {
      keys.push_back({"closed", Descending(deal.closed_at())});
    } else {
      keys.push_back(
          {"close_date",
           Ascending(deal.fields().has_close_date() ? deal.fields().close_date() : INT64_MAX)});
    }
    return keys;
  }

  void Present(int64_t instant, const RevenueModel& model,
               google::protobuf::Message& row) const override {
    auto& deal = static_cast<View&>(row);
    const int64_t end = IsClosed(deal) ? deal.closed_at() : instant;
    deal.set_age_days(std::max<int64_t>(0, end - deal.opened_at()) / kMicrosPerDay);
    const auto stage =
        model.StageOf(deal.fields().pipeline_id(), deal.fields().stage_id(), instant);
    if (stage.has_value()) {
      deal.set_stage_name(stage->stage->name().empty() ? stage->stage->stage_id()
                                                       : stage->stage->name());
      deal.set_pipeline_name(stage->pipeline->name().empty() ? stage->pipeline->pipeline_id()
                                                             : stage->pipeline->name());
    }
    if (IsClosed(deal)) {
      deal.set_probability_ppm(deal.state() == View::WON ? 1'000'000 : 0);
      return;
    }
    const int64_t in_stage = std::max<int64_t>(0, instant - deal.stage_entered_at());
    deal.set_days_in_stage(in_stage / kMicrosPerDay);
    deal.set_past_due(deal.fields().has_close_date() &&
                      model.DayOf(deal.fields().close_date()) < model.DayOf(instant));
    if (!stage.has_value()) return;
    deal.set_probability_ppm(stage->stage->probability_ppm());
    deal.set_stale(stage->stage->has_limit_days() &&
                   in_stage > stage->stage->limit_days() * kMicrosPerDay);
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeOpportunity() {
  return std::make_unique<const Opportunity>();
}

}  // namespace revops
