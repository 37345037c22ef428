// Companies for account-based work: who is there, by persona and by role in the buying committee,
// who of them has met us, what either team did last, and which target lists a company is on.
//
// An account has a row, and so has each known person: what a person adds to the account's numbers
// is taken back and added again whenever the person's row changes.
#include <algorithm>
#include <string>

#include "engine/base/status.h"
#include "engine/event/kind.h"
#include "projections/account_committee.h"
#include "projections/grains.h"
#include "projections/patch.h"
#include "projections/registry.h"
#include "projections/rows.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::AccountView;
using State = v1::OpportunityView;

// A role that nobody met us in for so long is not covered.
constexpr int kCoveredDays = 90;

// Distinct counts: an account, or a person at an account, counts on its first touch of a period.
const std::vector<Measure>& ActiveAccounts() {
  static const auto& list =
      *new auto(PerGrain(AllGrains(), {.name = "active_accounts", .grouping_sets = {{}}}));
  return list;
}
const std::vector<Measure>& ActivePeople() {
  static const auto& list = *new auto(
      PerGrain(AllGrains(),
               {.name = "active_people", .dimensions = {"persona"}, .grouping_sets = {{}, {0}}}));
  return list;
}
// Of the accounts on a target list on that day; one on two lists counts under both.
const std::vector<Measure>& ActiveListed() {
  static const auto& list = *new auto(
      PerGrain(AllGrains(),
               {.name = "active_listed_accounts", .dimensions = {"list"}, .grouping_sets = {{0}}}));
  return list;
}
// A stock.
const Measure kListed = {.name = "listed_accounts", .dimensions = {"list"}, .grouping_sets = {{0}}};
class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold)
      : fact_(fact),
        fold_(fold),
        model_(fold.model()),
        at_(fact.occurred_at),
        day_(model_.DayOf(at_)) {}

  absl::Status Run() {
    if (const auto* moved = fact_.As<v1::OpportunityMoved>(); moved != nullptr) {
      DealMoved(*moved);
    } else if (fact_.derived != nullptr) {
      return absl::OkStatus();
    } else if (fact_.tenure != nullptr) {
      if (HasPerson()) {
        ChangePerson(fact_.person, [&](View& person) { person.set_former(!fact_.tenure->joined); });
      }
    } else if (model_.Counts(*fact_.event, at_)) {
      return ApplyEvent(*fact_.event);
    }
    return absl::OkStatus();
  }

 private:
  bool HasAccount() const { return !fact_.account().empty(); }
  bool HasPerson() const {
    return fact_.person.kind() == v1::CONTACT || fact_.person.kind() == v1::LEAD;
  }

  absl::Status ApplyEvent(const Event& event) {
    if (event.has_traits() && HasAccount() && fact_.person.empty()) {
      RETURN_IF_ERROR(CheckPatch(event.traits()));
    }
    if (HasAccount()) fold_.row<View>(fact_.account());
    if (HasPerson()) {
      ChangePerson(fact_.person, [&](View& person) { ApplyToPerson(event, person); });
    }
    if (!HasAccount()) return absl::OkStatus();
    ApplyToAccount(event);
    for (const auto& role : RolesIn(event)) SetRole(role);
    return absl::OkStatus();
  }

  // --- People ---

  // Changes a person's row, and by that the account's numbers.
  template <typename Change>
  void ChangePerson(const Id& id, Change change) {
    View& person = fold_.row<View>(id);
    const Member before = MemberOf(person);
    if (!person.known()) {
      person.set_person(ToText(id));
      person.set_known(true);
    }
    change(person);
    if (!HasAccount()) return;
    const Member after = MemberOf(person);
    CountMember({before, after, person.last_touch_at()}, day_, fold_.row<View>(fact_.account()),
                fold_);
  }

  void ApplyToPerson(const Event& event, View& person) {
    if (event.has_persona()) person.set_persona(event.persona().persona());
    if (event.has_joined_account() && !event.joined_account().role().empty()) {
      person.set_role(event.joined_account().role());
    }
    if (event.has_entity_deleted()) Former(event.entity_deleted().entity(), true, person);
    if (event.has_entity_restored()) Former(event.entity_restored().entity(), false, person);
    if (!IsTouchpoint(event)) return;
    CountActive(ActivePeople(), {person.persona()}, person);
    Touch(person);
  }

  static void Former(const v1::Id& entity, bool former, View& person) {
    if (entity.kind() == v1::CONTACT || entity.kind() == v1::LEAD) person.set_former(former);
  }

  // Roles that a deal gives to contacts who are known here under that very id.
  static const google::protobuf::RepeatedPtrField<v1::ContactRole>& RolesIn(const Event& event) {
    switch (event.body_case()) {
      case Event::kOpportunityOpened:
        return event.opportunity_opened().fields().contact_roles();
      case Event::kOpportunityChanged:
        return event.opportunity_changed().fields().contact_roles();
      case Event::kOpportunityClosed:
        return event.opportunity_closed().fields().contact_roles();
      default:
        return v1::OpportunityFields::default_instance().contact_roles();
    }
  }
  void SetRole(const v1::ContactRole& role) {
    if (role.role().empty() || !CheckId(role.contact()).ok()) return;
    const Id contact(role.contact());
    const View* row = fold_.find<View>(contact);
    if (row == nullptr || row->person().empty()) return;
    ChangePerson(contact, [&](View& person) { person.set_role(role.role()); });
  }

  // --- Touches ---

  void Touch(View& row) const {
    row.set_touches(row.touches() + 1);
    if (row.first_touch_at() == 0) row.set_first_touch_at(at_);
    row.set_last_touch_at(at_);
  }

  // REQUIRES: last_touch_at is still that before this touch.
  void CountActive(const std::vector<Measure>& measures, absl::Span<const absl::string_view> dims,
                   const View& row) {
    const Calendar& calendar = model_.calendar();
    const bool before = row.touches() > 0;
    const int32_t last = before ? model_.DayOf(row.last_touch_at()) : 0;
    if (before && last == day_) return;
    for (size_t g = 0; g < AllGrains().size(); ++g) {
      const PeriodKind kind = AllGrains()[g].kind;
      if (before && calendar.PeriodOf(kind, last) == calendar.PeriodOf(kind, day_)) continue;
      fold_.Count(measures[g], day_, dims, 1);
    }
  }

  void NoteTeam(const Event& event, View& account) const {
    const absl::string_view team = TeamName(event.team());
    const absl::string_view kind = KindOf(event);
    auto& list = *account.mutable_last_by_team();
    int at = 0;
    while (at < list.size() && list[at].team() < team) ++at;
    if (at == list.size() || list[at].team() != team) {
      list.Add()->set_team(team.data(), team.size());
      for (int i = list.size() - 1; i > at; --i) list.SwapElements(i, i - 1);
    }
    v1::TeamTouch& touch = list[at];
    touch.set_last_at(at_);
    touch.set_kind(kind.data(), kind.size());
    touch.set_actor(event.actor());
    touch.set_times(touch.times() + 1);
  }

  // --- The account ---

  void ApplyToAccount(const Event& event) {
    View& account = fold_.row<View>(fact_.account());
    if (fact_.person.empty()) ApplyToItself(event, account);
    const bool touch = IsTouchpoint(event);
    const bool outreach = IsHumanTouch(event);
    if (touch || outreach) NoteTeam(event, account);
    if (outreach) account.set_outreach(account.outreach() + 1);
    if (!touch) return;
    CountActive(ActiveAccounts(), {}, account);
    for (const auto& list : account.target_lists()) CountActive(ActiveListed(), {list}, account);
    Touch(account);
    const bool held = (event.has_meeting() && event.meeting().action() == v1::Meeting::HELD) ||
                      (event.has_demo() && event.demo().action() == v1::Demo::HELD);
    if (!held) return;
    account.set_meetings(account.meetings() + 1);
    account.set_last_meeting_at(at_);
  }

  void ApplyToItself(const Event& event, View& account) {
    switch (event.body_case()) {
      case Event::kTraits:
        ApplyTraits(event.traits(), account);
        break;
      case Event::kSegment:
        event.segment().removed()
            ? EraseSorted(*account.mutable_segments(), event.segment().segment())
            : InsertSorted(*account.mutable_segments(), event.segment().segment());
        break;
      case Event::kTargetList: {
        const auto& list = event.target_list();
        const bool changed = list.removed()
                                 ? EraseSorted(*account.mutable_target_lists(), list.list())
                                 : InsertSorted(*account.mutable_target_lists(), list.list());
        if (changed) fold_.Count(kListed, day_, {list.list()}, list.removed() ? -1 : 1);
        break;
      }
      case Event::kEntityDeleted:
        // One that was merged into this account is cleared away: the account stays.
        if (Id(event.entity_deleted().entity()) == fact_.account()) account.set_former(true);
        break;
      case Event::kEntityRestored:
        if (Id(event.entity_restored().entity()) == fact_.account()) account.set_former(false);
        break;
      default:
        break;
    }
  }

  static void ApplyTraits(const v1::Traits& patch, View& account) {
    v1::Traits traits;
    const auto put = [](const std::string& text, auto set) {
      if (!text.empty()) set(text);
    };
    put(account.name(), [&](const auto& text) { traits.set_name(text); });
    put(account.industry(), [&](const auto& text) { traits.set_industry(text); });
    put(account.country(), [&](const auto& text) { traits.set_country(text); });
    put(account.region(), [&](const auto& text) { traits.set_region(text); });
    put(account.owner(), [&](const auto& text) { traits.set_owner(text); });
    if (account.employees() != 0) traits.set_employees(account.employees());
    if (const auto parent = ParseId(account.ultimate_parent()); parent.ok()) {
      *traits.mutable_ultimate_parent() = parent->ToProto();
    }
    ApplyPatch(patch, traits);
    account.set_name(traits.name());
    account.set_industry(traits.industry());
    account.set_country(traits.country());
    account.set_region(traits.region());
    account.set_owner(traits.owner());
    account.set_employees(traits.employees());
    const bool has_parent = traits.has_ultimate_parent() && CheckId(traits.ultimate_parent()).ok();
    account.set_ultimate_parent(has_parent ? ToText(Id(traits.ultimate_parent())) : "");
  }

  void DealMoved(const v1::OpportunityMoved& moved) {
    if (!HasAccount()) return;
    View& account = fold_.row<View>(fact_.account());
    const auto step = [&](State::State state) {
      return (moved.to() == state ? 1 : 0) - (moved.from() == state ? 1 : 0);
    };
    CountWanted(step(State::OPEN), day_, account, fold_);
    account.set_open_deals(account.open_deals() + step(State::OPEN));
    account.set_won_deals(account.won_deals() + step(State::WON));
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
  const int64_t at_;
  const int32_t day_;
};

class Account final : public Projection {
 public:
  absl::string_view name() const override { return "account"; }
  int version() const override { return 3; }
  absl::string_view summary() const override {
    return "Companies for account-based work: people by persona and role, engagement, target "
           "lists.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>{kListed};
      for (const auto* some :
           {&CommitteeMeasures(), &ActiveAccounts(), &ActivePeople(), &ActiveListed()}) {
        all->insert(all->end(), some->begin(), some->end());
      }
      return all;
    }();
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "touches", .sort_by = "accounts by number of touches, the most first"},
        {.name = "last_touch", .sort_by = "accounts by last touch, the latest first"},
        {.name = "listed", .sort_by = "accounts on a target list, the longest untouched first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    return Folding(fact, fold).Run();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& account = static_cast<const View&>(row);
    if (!account.person().empty() || account.former()) return {};
    std::vector<IndexKey> keys;
    if (account.touches() > 0) {
      keys.push_back({"touches", Descending(account.touches())});
      keys.push_back({"last_touch", Descending(account.last_touch_at())});
    }
    if (!account.target_lists().empty()) {
      keys.push_back({"listed", Ascending(account.last_touch_at())});
    }
    return keys;
  }

  void Present(int64_t instant, const RevenueModel&,
               google::protobuf::Message& row) const override {
    auto& account = static_cast<View&>(row);
    if (account.touches() > 0) {
      account.set_days_since_last_touch(std::max<int64_t>(0, instant - account.last_touch_at()) /
                                        kMicrosPerDay);
    }
    for (const auto& role : account.by_role()) {
      if (role.people() > 0) account.set_roles(account.roles() + 1);
      const bool covered =
          role.touched() > 0 && instant - role.last_touch_at() <= kCoveredDays * kMicrosPerDay;
      if (covered) account.set_roles_covered(account.roles_covered() + 1);
    }
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeAccount() { return std::make_unique<const Account>(); }

}  // namespace revops
