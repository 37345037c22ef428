// How ready a person (at one account) is to hear from sales: fit (who they are), engagement (what
// they did lately, halved every half-life), each with its reasons; qualification as computed and as
// declared, kept apart; the hand-over to sales in short. Derives LeadQualified.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/kind.h"
#include "projections/lead_actions.h"
#include "projections/lead_engagement.h"
#include "projections/patch.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::LeadView;
using State = v1::OpportunityView;

const Measure kActions = {.name = "lead_actions",
                          .dimensions = {"action", "origin", "owner_team", "reason"},
                          .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}}};

// Points of known people's touches, as scoring weighs them, not halved: on the day of the touch.
const Measure kPoints = {
    .name = "engagement_points", .dimensions = {"kind"}, .grouping_sets = {{}, {0}}};

// Scores differ by less than a point: so many bits behind it tell them apart.
constexpr int kRankBits = 16;

// What is known of the row's own person or account.
TraitFields FieldsOf(const View& row) {
  return TraitFields({row.traits(), row.persona(), row.segments(), row.target_lists()});
}

// One fact, folded.
class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold)
      : fact_(fact),
        fold_(fold),
        model_(fold.model()),
        at_(fact.occurred_at),
        scoring_(model_.ScoringAt(at_)) {}

  absl::Status Run() {
    if (const auto* moved = fact_.As<v1::OpportunityMoved>(); moved != nullptr) {
      DealMoved(*moved);
    } else if (fact_.derived != nullptr) {
      return absl::OkStatus();
    } else if (fact_.tenure != nullptr) {
      Person(fact_.person).set_former(!fact_.tenure->joined);
    } else if (model_.Counts(*fact_.event, at_)) {
      return ApplyEvent(*fact_.event);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ApplyEvent(const Event& event) {
    switch (event.body_case()) {
      case Event::kTraits:
        return ApplyTraits(event.traits());
      case Event::kPersona:
      case Event::kSegment:
      case Event::kTargetList:
        return ApplyLists(event);
      case Event::kLead:
        RETURN_IF_ERROR(ApplyLead(event.lead()));
        break;
      case Event::kOrder:
        Bought([](View& row) { row.set_orders(row.orders() + 1); });
        break;
      case Event::kSubscription:
        ApplySubscription(event.subscription());
        break;
      case Event::kEntityDeleted:
        return ApplyDeletion(event.entity_deleted().entity(), true);
      case Event::kEntityRestored:
        return ApplyDeletion(event.entity_restored().entity(), false);
      default:
        break;
    }
    if (fact_.person.empty()) return absl::OkStatus();
    View& row = Person(fact_.person);
    if (row.scoring_version() != scoring_.version()) Refit(row);
    const int64_t points = Engage(event, at_, scoring_, row);
    if (points == 0) return absl::OkStatus();
    if (row.known()) fold_.Count(kPoints, model_.DayOf(at_), {KindOf(event)}, points);
    MaybeQualify(fact_.person, row);
    return absl::OkStatus();
  }

  // --- Rows ---

  // The person's row; a new one joins the chain of its account's people.
  View& Person(const Id& person) {
    const bool fresh = fold_.find<View>(person) == nullptr;
    View& row = fold_.row<View>(person);
    if (!fresh) return row;
    row.set_known(person.kind() != v1::ANONYMOUS);
    if (!fact_.account().empty()) {
      View& account = fold_.row<View>(fact_.account());
      row.set_next_person(account.newest_person());
      account.set_newest_person(person.bytes());
    }
    Refit(row);
    return row;
  }

  // What the people of a journey share is in its account's row, else in the person's own.
  Id SharedId() const { return fact_.account().empty() ? fact_.person : fact_.account(); }

  // --- Fit ---

  void Refit(View& row) {
    const View* shared = fact_.account().empty() ? nullptr : fold_.find<View>(fact_.account());
    const View& account = shared == nullptr ? View::default_instance() : *shared;
    const Scoring::Fit fit = scoring_.FitOf({FieldsOf(row), FieldsOf(account)});
    row.set_fit(fit.points);
    row.clear_fit_reasons();
    for (const auto* rule : fit.reasons) {
      auto& reason = *row.add_fit_reasons();
      reason.set_name(rule->name());
      reason.set_count(rule->points());
    }
    row.set_scoring_version(scoring_.version());
  }

  // Traits are a person's if the fact names one, else the account's: then all its people are refit.
  template <typename Change>
  void ChangeTraits(Change change) {
    if (!fact_.person.empty()) {
      View& row = Person(fact_.person);
      change(row);
      Refit(row);
      MaybeQualify(fact_.person, row);
      return;
    }
    if (fact_.account().empty()) return;
    View& account = fold_.row<View>(fact_.account());
    change(account);
    for (std::string at = account.newest_person(); !at.empty();) {
      const Id person = Id::FromBytes(at);
      View& row = fold_.row<View>(person);
      Refit(row);
      MaybeQualify(person, row);
      at = row.next_person();
    }
  }

  absl::Status ApplyTraits(const v1::Traits& patch) {
    RETURN_IF_ERROR(CheckPatch(patch));
    ChangeTraits([&patch](View& row) {
      auto& traits = *row.mutable_traits();
      ApplyPatch(patch, traits);
      traits.clear_email();
      traits.clear_phone();
    });
    return absl::OkStatus();
  }

  absl::Status ApplyLists(const Event& event) {
    ChangeTraits([&event](View& row) {
      if (event.has_persona()) return row.set_persona(event.persona().persona());
      const bool segment = event.has_segment();
      const bool removed = segment ? event.segment().removed() : event.target_list().removed();
      const auto& name = segment ? event.segment().segment() : event.target_list().list();
      auto& list = segment ? *row.mutable_segments() : *row.mutable_target_lists();
      removed ? EraseSorted(list, name) : InsertSorted(list, name);
    });
    return absl::OkStatus();
  }

  // --- Qualification ---

  void MaybeQualify(const Id& person, View& row) {
    const v1::Qualification& definition = model_.QualificationAt(at_);
    if (!row.known() || row.former() || row.fit() < definition.fit_min() ||
        !HasEngagement(row, definition.engagement_min(), at_, scoring_) ||
        !MayQualify(definition, row)) {
      return;
    }
    const absl::string_view kind = KindOf(*fact_.event);
    row.set_qualified_at(at_);
    row.set_qualified_by(kind.data(), kind.size());
    row.set_released(false);
    row.set_expansion(IsCustomer());
    if (!row.expansion()) {
      row.set_times_qualified(row.times_qualified() + 1);
      if (row.first_qualified_at() == 0) row.set_first_qualified_at(at_);
    } else {
      row.set_times_expansion(row.times_expansion() + 1);
    }
    Derive(person, row);
  }

  // Again only after recycling or rejection, or the model's waiting time.
  bool MayQualify(const v1::Qualification& definition, const View& row) const {
    if (at_ < row.recycled_until()) return false;
    if (row.qualified_at() == 0 || row.released()) return true;
    return definition.waiting_days() > 0 &&
           at_ - row.qualified_at() >= definition.waiting_days() * kMicrosPerDay;
  }

  void Derive(const Id& person, const View& row, bool declared = false) {
    auto qualified = std::make_unique<v1::LeadQualified>();
    qualified->set_declared(declared);
    *qualified->mutable_person() = person.ToProto();
    qualified->set_fit(row.fit());
    qualified->set_engagement(PointsAt(row.engagement_log2(), at_, scoring_));
    qualified->set_expansion(declared ? IsCustomer() : row.expansion());
    qualified->set_attempt(row.times_qualified() + row.times_declared() + row.times_expansion());
    const absl::string_view kind = KindOf(*fact_.event);
    qualified->set_kind(kind.data(), kind.size());
    const absl::string_view channel = model_.ChannelOf(*fact_.event, at_);
    qualified->set_channel(channel.data(), channel.size());
    fold_.Derive(std::move(qualified));
  }

  // --- Customers and open deals ---

  bool IsCustomer() {
    const View* shared = fold_.find<View>(SharedId());
    if (shared == nullptr) return false;
    if (!shared->open_deals().empty() || !shared->subscriptions().empty()) return true;
    return !shared->had_subscription() && (shared->won_deals() > 0 || shared->orders() > 0);
  }

  template <typename Change>
  void Bought(Change change) {
    if (!fact_.account().empty()) {
      change(fold_.row<View>(fact_.account()));
    } else if (!fact_.person.empty()) {
      change(Person(fact_.person));
    }
  }

  void DealMoved(const v1::OpportunityMoved& moved) {
    Bought([&](View& row) {
      auto& open = *row.mutable_open_deals();
      const std::string deal = ToText(fact_.opportunity);
      moved.to() == State::OPEN ? InsertSorted(open, deal) : EraseSorted(open, deal);
      row.set_won_deals(row.won_deals() + (moved.to() == State::WON ? 1 : 0) -
                        (moved.from() == State::WON ? 1 : 0));
    });
  }

  void ApplySubscription(const v1::Subscription& subscription) {
    Bought([&](View& row) {
      auto& active = *row.mutable_subscriptions();
      if (subscription.action() == v1::Subscription::CANCELLED) {
        EraseSorted(active, subscription.subscription_id());
      } else if (!subscription.trial()) {
        InsertSorted(active, subscription.subscription_id());
        row.set_had_subscription(true);
      }
    });
  }

  // --- Lead events ---

  absl::Status ApplyLead(const v1::Lead& event) {
    if (fact_.person.empty()) {
      return absl::InvalidArgumentError(
          "a lead event that names no person; put a lead or contact in the subject");
    }
    if (event.action() == v1::Lead::ACTION_UNSPECIFIED) {
      return absl::InvalidArgumentError("a lead event without an action; set lead.action");
    }
    View& row = Person(fact_.person);
    if (DeclaresAnew(event, row)) Declare(row);
    NoteAction(fact_, row);
    fold_.Count(kActions, model_.DayOf(at_),
                {row.status(), row.origin(), row.owner_team(), event.reason()}, 1);
    return absl::OkStatus();
  }

  void Declare(View& row) {
    if (IsCustomer()) {
      row.set_times_expansion(row.times_expansion() + 1);
    } else {
      row.set_times_declared(row.times_declared() + 1);
    }
    row.set_declared_at(at_);
    row.set_declared_by(fact_.event->actor());
    row.set_declared_stands(true);
    row.set_declared_handover_id(fact_.event->lead().handover_id());
    Derive(fact_.person, row, true);
  }

  absl::Status ApplyDeletion(const v1::Id& entity, bool deleted) {
    const bool person =
        entity.kind() == v1::CONTACT || entity.kind() == v1::LEAD || entity.kind() == v1::ANONYMOUS;
    if (person && !fact_.person.empty()) Person(fact_.person).set_former(deleted);
    return absl::OkStatus();
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
  const int64_t at_;
  const Scoring& scoring_;
};

class Lead final : public Projection {
 public:
  absl::string_view name() const override { return "lead"; }
  int version() const override { return 2; }
  absl::string_view summary() const override {
    return "People by fit and engagement, with reasons; qualification and hand-over to sales.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *new std::vector<Measure>{kActions, kPoints};
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "best",
         .sort_by = "score at the asking instant (fit plus engagement), the highest first",
         .ranked = true},
        {.name = "engagement", .sort_by = "engagement, the highest first"},
        {.name = "qualified", .sort_by = "computed qualification, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    return Folding(fact, fold).Run();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& lead = static_cast<const View&>(row);
    if (!lead.known() || lead.former()) return {};
    const std::string engagement =
        Descending(lead.has_engagement() ? lead.engagement_log2() : INT64_MIN);
    std::vector<IndexKey> keys = {
        {"best", std::string(1, static_cast<char>(100 - lead.fit())) + engagement}};
    if (lead.has_engagement()) keys.push_back({"engagement", engagement});
    if (lead.qualified_at() != 0) {
      keys.push_back({"qualified", Descending(lead.qualified_at())});
    }
    return keys;
  }

  // The highest score first. The run is 100 - fit, the place ~log2 of the engagement.
  int64_t RankAt(absl::string_view, absl::string_view run_and_place, int64_t instant,
                 const RevenueModel& model) const override {
    const int64_t fit = 100 - static_cast<uint8_t>(run_and_place[0]);
    const int64_t engagement_log2 = ~ReadOrdered64(run_and_place.data() + 1);
    return -(fit * (int64_t{1} << kRankBits)) -
           PointsAt(engagement_log2, instant, model.ScoringAt(instant), kRankBits);
  }

  void Present(int64_t instant, const RevenueModel& model,
               google::protobuf::Message& row) const override {
    auto& lead = static_cast<View&>(row);
    lead.clear_newest_person();
    lead.clear_next_person();
    const Scoring& scoring = model.ScoringAt(instant);
    if (lead.has_engagement()) {
      lead.set_engagement(PointsAt(lead.engagement_log2(), instant, scoring));
    }
    lead.set_score(lead.fit() + lead.engagement());
    for (auto& reason : *lead.mutable_engagement_reasons()) {
      reason.set_points(PointsAt(reason.log2(), instant, scoring));
    }
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeLead() { return std::make_unique<const Lead>(); }

}  // namespace revops
