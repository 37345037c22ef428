#include "projections/account_committee.h"

#include <algorithm>

namespace revops {
namespace {

using View = v1::AccountView;

constexpr int kNamesMax = 60;

// Stocks.
const Measure kPeople = {.name = "people_at_accounts",
                         .dimensions = {"persona", "role"},
                         .grouping_sets = {{}, {0}, {1}}};
// Roles of an account in which at least one of its people has met us.
const Measure kRolesMet = {
    .name = "committee_roles_met", .dimensions = {"role"}, .grouping_sets = {{}, {0}}};

// Over open deals: roles that the model's committee wants somebody in, and those of them in which
// somebody has met us.
const Measure kWanted = {
    .name = "committee_roles_wanted", .dimensions = {"role"}, .grouping_sets = {{}, {0}}};
const Measure kCovered = {
    .name = "committee_roles_covered", .dimensions = {"role"}, .grouping_sets = {{}, {0}}};

// The entry of that name in a list that is sorted by name; beyond kNamesMax names, "other".
v1::Coverage& CoverageOf(const std::string& name,
                         google::protobuf::RepeatedPtrField<v1::Coverage>& list) {
  for (auto& coverage : list) {
    if (coverage.name() == name) return coverage;
  }
  if (list.size() >= kNamesMax && name != "other") return CoverageOf("other", list);
  list.Add()->set_name(name);
  int at = list.size() - 1;
  for (; at > 0 && list[at].name() < list[at - 1].name(); --at) list.SwapElements(at, at - 1);
  return list[at];
}

int64_t MetIn(const std::string& role, const View& account) {
  for (const auto& coverage : account.by_role()) {
    if (coverage.name() == role) return coverage.touched();
  }
  return 0;
}

void Cover(const std::string& name, const Member& person, int sign,
           google::protobuf::RepeatedPtrField<v1::Coverage>& list) {
  v1::Coverage& coverage = CoverageOf(name, list);
  coverage.set_people(coverage.people() + sign);
  if (person.met) coverage.set_touched(coverage.touched() + sign);
}
void NoteTouch(const std::string& name, int64_t at,
               google::protobuf::RepeatedPtrField<v1::Coverage>& list) {
  if (name.empty()) return;
  v1::Coverage& coverage = CoverageOf(name, list);
  coverage.set_last_touch_at(std::max(coverage.last_touch_at(), at));
}

void Add(const Member& person, int sign, int32_t day, View& account, Fold& fold) {
  if (!person.here) return;
  account.set_people(account.people() + sign);
  if (person.met) account.set_touched_people(account.touched_people() + sign);
  fold.Count(kPeople, day, {person.persona, person.role}, sign);
  if (!person.persona.empty()) Cover(person.persona, person, sign, *account.mutable_by_persona());
  if (person.role.empty()) return;
  const int64_t before = MetIn(person.role, account);
  Cover(person.role, person, sign, *account.mutable_by_role());
  const int64_t after = MetIn(person.role, account);
  if ((before > 0) != (after > 0)) {
    const int step = after > 0 ? 1 : -1;
    fold.Count(kRolesMet, day, {person.role}, step);
    const auto& wanted = fold.model().committee().role();
    if (account.open_deals() != 0 &&
        std::find(wanted.begin(), wanted.end(), person.role) != wanted.end()) {
      fold.Count(kCovered, day, {person.role}, step * account.open_deals());
    }
  }
}

bool Same(const Member& a, const Member& b) {
  return a.persona == b.persona && a.role == b.role && a.here == b.here && a.met == b.met;
}

}  // namespace

const std::vector<Measure>& CommitteeMeasures() {
  static const auto& list = *new std::vector<Measure>{kPeople, kRolesMet, kWanted, kCovered};
  return list;
}

Member MemberOf(const View& person) {
  return {person.persona(), person.role(), person.known() && !person.former(),
          person.touches() > 0};
}

void CountWanted(int deals, int32_t day, const View& account, Fold& fold) {
  if (deals == 0) return;
  for (const std::string& role : fold.model().committee().role()) {
    fold.Count(kWanted, day, {role}, deals);
    if (MetIn(role, account) > 0) fold.Count(kCovered, day, {role}, deals);
  }
}

void CountMember(const MemberStep& step, int32_t day, View& account, Fold& fold) {
  const Member& after = step.after;
  if (!Same(step.before, after)) {
    Add(step.before, -1, day, account, fold);
    Add(after, 1, day, account, fold);
  }
  if (!after.here || !after.met) return;
  NoteTouch(after.persona, step.last_touch_at, *account.mutable_by_persona());
  NoteTouch(after.role, step.last_touch_at, *account.mutable_by_role());
}

}  // namespace revops
