// The hand-overs of people from marketing to sales: each attempt with its steps, its clocks in
// business hours, and its end: accepted, rejected with a reason, lapsed, recycled, a deal, a win.
// An attempt begins when a person qualifies on the model's basis, or with the first thing a lead
// event says of it. Speed to lead starts there; reassignment restarts the human clock only.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/kind.h"
#include "projections/handover_attempt.h"
#include "projections/handover_counts.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::HandOverView;

// How far back an event may refer to an attempt.
constexpr int kAttemptsBack = 16;
constexpr size_t kIdBytesMax = 256;

Id AttemptId(const Id& person, int number) {
  std::string value = absl::StrCat(ToText(person), "/", number);
  if (value.size() > kIdBytesMax) value = absl::StrCat(Sha256Hex(person.bytes()), "/", number);
  return Id(v1::OTHER, "hand_over", value);
}

bool IsAboutAttempt(const v1::Lead& event) {
  switch (event.action()) {
    case v1::Lead::DECLARED_QUALIFIED:
    case v1::Lead::ASSIGNED:
    case v1::Lead::REASSIGNED:
    case v1::Lead::ACCEPTED:
    case v1::Lead::REJECTED:
    case v1::Lead::SALES_QUALIFIED:
      return true;
    case v1::Lead::DISQUALIFIED:
    case v1::Lead::RECYCLED:
    case v1::Lead::CONVERTED:
      return !event.handover_id().empty();
    default:
      return false;
  }
}

class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold) : fact_(fact), fold_(fold), model_(fold.model()) {}

  absl::Status Run() {
    if (const auto* qualified = fact_.As<v1::LeadQualified>(); qualified != nullptr) {
      Qualify(*qualified);
    } else if (const auto* moved = fact_.As<v1::DealChanged>(); moved != nullptr) {
      DealMoved(*moved);
    } else if (fact_.derived != nullptr) {
      return absl::OkStatus();
    } else if (fact_.tenure != nullptr) {
      SetFormer(fact_.person, !fact_.tenure->joined);
    } else if (!fact_.person.empty() && model_.Counts(*fact_.event, fact_.occurred_at)) {
      return ApplyEvent(*fact_.event);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ApplyEvent(const v1::Event& event) {
    switch (event.body_case()) {
      case v1::Event::kLead:
        return ApplyLead(event.lead());
      case v1::Event::kEntityDeleted:
        if (Id(event.entity_deleted().entity()).is_person()) SetFormer(fact_.person, true);
        return absl::OkStatus();
      case v1::Event::kEntityRestored:
        if (Id(event.entity_restored().entity()).is_person()) SetFormer(fact_.person, false);
        return absl::OkStatus();
      default:
        break;
    }
    if (IsTouchpoint(event) && event.team() != v1::SALES) NoteTouch(event);
    if (IsHumanTouch(event) && event.team() != v1::MARKETING) {
      const Id current = Current(fact_.person);
      if (!current.empty()) {
        Change(current, [this](View& attempt) { TouchByHand(fact_, model_, attempt); });
      }
    }
    return absl::OkStatus();
  }

  // --- Rows ---

  v1::HandOverPerson& Person(const Id& person) {
    View& row = fold_.row<View>(person);
    if (!row.has_person()) *row.mutable_person() = person.ToProto();
    return *row.mutable_of_person();
  }

  int Attempts(const Id& person) {
    const View* row = fold_.find<View>(person);
    return row == nullptr ? 0 : row->of_person().attempts();
  }

  // All changes of an attempt go through here, so that its cells are what its row says.
  template <typename How>
  void Change(const Id& id, How how) {
    const View* stored = fold_.find<View>(id);
    const View before = stored == nullptr ? View() : *stored;
    View after = before;
    how(after);
    CountChange(before, after, fold_);
    fold_.row<View>(id) = std::move(after);
  }

  // The last attempt, if it has not ended; else an empty id.
  Id Current(const Id& person) {
    const int number = Attempts(person);
    if (number == 0) return Id();
    const Id id = AttemptId(person, number);
    const View* attempt = fold_.find<View>(id);
    return attempt != nullptr && attempt->ended_at() == 0 ? id : Id();
  }

  // The attempt of that hand-over; of an event that names none, the current one. A current one that
  // has no name yet takes this one's.
  Id Find(const std::string& handover_id) {
    const Id current = Current(fact_.person);
    if (handover_id.empty()) return current;
    const int last = Attempts(fact_.person);
    for (int number = last; number > std::max(0, last - kAttemptsBack); --number) {
      const Id id = AttemptId(fact_.person, number);
      const View* attempt = fold_.find<View>(id);
      if (attempt != nullptr && attempt->handover_id() == handover_id) return id;
    }
    if (!current.empty() && fold_.find<View>(current)->handover_id().empty()) return current;
    return Id();
  }

  Id Open(const Id& person, absl::string_view basis, absl::string_view kind) {
    v1::HandOverPerson& of_person = Person(person);
    of_person.set_attempts(of_person.attempts() + 1);
    const v1::HandOverPerson shared = of_person;
    const Id id = AttemptId(person, shared.attempts());
    Change(id, [&](View& attempt) {
      *attempt.mutable_person() = person.ToProto();
      attempt.set_attempt(shared.attempts());
      attempt.set_basis(basis.data(), basis.size());
      attempt.set_channel(shared.last_channel());
      attempt.set_campaign(shared.last_campaign());
      attempt.set_origin(shared.origin());
      HandOver(fact_.occurred_at, ByDay(*fact_.event), kind, model_, attempt);
    });
    return id;
  }

  // --- Marketing ---

  void NoteTouch(const v1::Event& event) {
    const absl::string_view channel = model_.ChannelOf(event, fact_.occurred_at);
    const absl::string_view kind = KindOf(event);
    v1::HandOverPerson& person = Person(fact_.person);
    person.set_last_channel(channel.data(), channel.size());
    person.set_last_kind(kind.data(), kind.size());
    // A touch without a campaign is of none.
    person.set_last_campaign(event.campaign_id());
  }

  void Qualify(const v1::LeadQualified& qualified) {
    const Id person(qualified.person());
    v1::HandOverPerson& shared = Person(person);
    const bool first =
        (qualified.declared() ? shared.times_declared() : shared.times_computed()) == 0;
    CountQualified({.basis = qualified.declared() ? "declared" : "computed",
                    .channel = shared.last_channel(),
                    .origin = shared.origin(),
                    .campaign = shared.last_campaign(),
                    .expansion = qualified.expansion(),
                    .first = first},
                   model_.DayOf(fact_.occurred_at), fold_);
    if (qualified.expansion()) return;
    if (qualified.declared()) {
      shared.set_times_declared(shared.times_declared() + 1);
      return;  // the lead event has begun the attempt
    }
    shared.set_times_computed(shared.times_computed() + 1);
    const v1::Qualification& definition = model_.QualificationAt(fact_.occurred_at);
    if (definition.basis() == v1::Qualification::DECLARED || fact_.event == nullptr) return;
    if (!InHand(person, definition)) Open(person, "computed", qualified.kind());
  }

  // Whether the person is in sales' hands: then qualifying is no second hand-over.
  bool InHand(const Id& person, const v1::Qualification& definition) {
    const Id current = Current(person);
    if (current.empty()) return false;
    return definition.waiting_days() == 0 ||
           fact_.occurred_at - fold_.find<View>(current)->handed_over_at() <
               definition.waiting_days() * kMicrosPerDay;
  }

  // --- Lead events ---

  absl::Status ApplyLead(const v1::Lead& event) {
    if (!event.calendar().empty() && model_.CalendarNamed(event.calendar()) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("calendar \"", event.calendar(),
                                                     "\" is not in the model; add it to "
                                                     "business_calendar"));
    }
    v1::HandOverPerson& person = Person(fact_.person);
    if (!event.origin().empty() &&
        (person.origin().empty() || event.action() == v1::Lead::CREATED)) {
      person.set_origin(event.origin());
    }
    if (!fact_.event->campaign_id().empty()) person.set_last_campaign(fact_.event->campaign_id());
    Id id = Find(event.handover_id());
    const bool declared = event.action() == v1::Lead::DECLARED_QUALIFIED;
    if (id.empty()) {
      if (!IsAboutAttempt(event)) return absl::OkStatus();
      const std::string kind = person.last_kind();
      id = Open(fact_.person, declared ? "declared" : "", kind);
    }
    Change(id, [&](View& attempt) {
      if (attempt.handover_id().empty()) attempt.set_handover_id(event.handover_id());
      if (attempt.basis().empty() && declared) attempt.set_basis("declared");
      ApplyLeadAction(fact_, model_, attempt);
    });
    if (event.action() == v1::Lead::CONVERTED && event.has_converted_opportunity()) {
      Join(id, Id(event.converted_opportunity()));
    }
    return absl::OkStatus();
  }

  // --- Deals ---

  // The deal came of the attempt.
  void Join(const Id& attempt_id, const Id& deal) {
    Change(attempt_id, [&](View& attempt) { LeadToDeal(fact_.occurred_at, deal, attempt); });
    const View* attempt = fold_.find<View>(attempt_id);
    if (attempt->opportunity() != deal.bytes()) return;
    View& row = fold_.row<View>(deal);
    auto& attempts = *row.mutable_attempts_of_deal();
    if (!std::count(attempts.begin(), attempts.end(), attempt_id.bytes())) {
      attempts.Add(std::string(attempt_id.bytes()));
    }
    SetEnd(attempt_id, row);
  }

  // How the deal ended, if it did.
  void SetEnd(const Id& attempt_id, const View& deal) {
    const int64_t won_at = deal.won_at();
    const int64_t lost_at = deal.deal_lost_at();
    const View* stored = fold_.find<View>(attempt_id);
    if (stored->won_at() == won_at && stored->deal_lost_at() == lost_at) return;
    Change(attempt_id, [=](View& attempt) {
      attempt.set_won_at(won_at);
      attempt.set_deal_lost_at(lost_at);
    });
  }

  void DealMoved(const v1::DealChanged& moved) {
    if (!moved.has_before() && moved.has_after()) {
      if (!fact_.person.empty()) JoinLast(fact_.person);
      for (const auto& contact : moved.after().contacts()) JoinLast(Id(contact));
    }
    const View* stored = fold_.find<View>(fact_.opportunity);
    const bool won = moved.to() == v1::OpportunityView::WON;
    const bool open = moved.to() == v1::OpportunityView::OPEN;
    const int64_t closed_at = moved.has_after() && !open ? moved.after().closed_at() : 0;
    if (stored == nullptr && closed_at == 0) return;
    View& row = fold_.row<View>(fact_.opportunity);
    row.set_won_at(won ? closed_at : 0);
    row.set_deal_lost_at(won ? 0 : closed_at);
    const std::vector<std::string> attempts(row.attempts_of_deal().begin(),
                                            row.attempts_of_deal().end());
    for (const std::string& id : attempts) SetEnd(Id::FromBytes(id), row);
  }

  // The person's last attempt led to the deal, unless it was given back or led to another.
  void JoinLast(const Id& person) {
    const int number = Attempts(person);
    if (number == 0) return;
    const Id id = AttemptId(person, number);
    const View* attempt = fold_.find<View>(id);
    const bool given_back = attempt->rejected_at() != 0 || attempt->recycled_at() != 0 ||
                            attempt->disqualified_at() != 0;
    if (!given_back && attempt->opportunity_at() == 0) Join(id, fact_.opportunity);
  }

  void SetFormer(const Id& person, bool former) {
    const int last = Attempts(person);
    for (int number = last; number > std::max(0, last - kAttemptsBack); --number) {
      Change(AttemptId(person, number),
             [&](View& attempt) { LeaveOrComeBack(fact_.occurred_at, former, attempt); });
    }
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
};

class HandOvers final : public Projection {
 public:
  absl::string_view name() const override { return "hand_over"; }
  int version() const override { return 5; }
  absl::string_view summary() const override {
    return "Attempts to hand a person to sales: steps, speed to lead, service level, reasons.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override { return HandOverMeasures(); }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "first_touch_due",
         .sort_by = "attempts without a first touch by when it is due, the most overdue first"},
        {.name = "handed_over", .sort_by = "attempts by hand-over, the latest first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    return Folding(fact, fold).Run();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& attempt = static_cast<const View&>(row);
    if (attempt.handed_over_at() == 0 || attempt.former()) return {};
    std::vector<IndexKey> keys = {{"handed_over", Descending(attempt.handed_over_at())}};
    if (IsUntouched(attempt)) {
      keys.push_back({"first_touch_due", Ascending(attempt.due_at())});
    }
    return keys;
  }

  void Present(int64_t instant, const RevenueModel&,
               google::protobuf::Message& row) const override {
    auto& attempt = static_cast<View&>(row);
    attempt.clear_attempts_of_deal();
    if (attempt.handed_over_at() != 0) PresentAttempt(instant, attempt);
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeHandOver() { return std::make_unique<const HandOvers>(); }

}  // namespace revops
