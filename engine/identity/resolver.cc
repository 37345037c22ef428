#include "engine/identity/resolver.h"

#include <algorithm>
#include <utility>

#include "engine/event/event_order.h"

namespace revops {
namespace {

// The order in which the ids of a subject are asked for an account, for a root when none has one,
// and for the person.
constexpr v1::IdKind kAccountOrder[] = {v1::OPPORTUNITY, v1::ACCOUNT, v1::CONTACT, v1::LEAD,
                                        v1::ANONYMOUS};
constexpr v1::IdKind kRootOrder[] = {v1::CONTACT, v1::LEAD, v1::ANONYMOUS, v1::OPPORTUNITY};
constexpr v1::IdKind kPersonOrder[] = {v1::CONTACT, v1::LEAD, v1::ANONYMOUS};

// What a resolver remembers of each sort: about 40 MB for a partition at most.
constexpr size_t kRememberedMax = 100'000;

// Remembers `value` under `id`, and gives it back.
template <typename Value>
const Value& Remember(absl::flat_hash_map<Id, Value>& memory, const Id& id, Value value) {
  if (memory.size() >= kRememberedMax) memory.clear();
  return memory.insert_or_assign(id, std::move(value)).first->second;
}

const Id* FirstOf(const std::vector<Id>& subject, v1::IdKind kind) {
  for (const Id& id : subject) {
    if (id.kind() == kind) return &id;
  }
  return nullptr;
}

}  // namespace

void Resolver::Advance(LinkVersion version, const std::set<Id>& affected) {
  version_ = version;
  for (const Id& id : affected) {
    follows_.erase(id);
    goes_on_.erase(id);
    tenures_.erase(id);
  }
}

Id Resolver::Follow(const Id& id) {
  if (table_.Unknown(id)) return id;
  const auto known = follows_.find(id);
  if (known != follows_.end()) return known->second;
  std::vector<Id> path = {id};
  Id result;
  while (result.empty()) {
    const Id parent = ParentOf(path.back());
    if (parent.empty()) {
      result = path.back();
      break;
    }
    const auto seen = std::find(path.begin(), path.end(), parent);
    if (seen != path.end()) {
      result = *std::min_element(seen, path.end());
    } else {
      path.push_back(parent);
    }
  }
  return Remember(follows_, id, std::move(result));
}

Id Resolver::GoesOnAs(const Id& id) {
  if (id.is_person() || table_.Unknown(id)) return Follow(id);
  const auto known = goes_on_.find(id);
  if (known != goes_on_.end()) return known->second;
  std::vector<Id> path = {id};
  while (true) {
    const Id parent = ParentOf(path.back());
    if (parent.kind() != id.kind()) return Remember(goes_on_, id, path.back());
    const auto seen = std::find(path.begin(), path.end(), parent);
    if (seen != path.end()) return Remember(goes_on_, id, *std::min_element(seen, path.end()));
    path.push_back(parent);
  }
}

const std::vector<Tenure>& Resolver::TenuresOf(const Id& person) {
  const auto known = tenures_.find(person);
  if (known != tenures_.end()) return known->second;
  // Everything that goes on as this person, found backwards.
  std::vector<Tenure> all;
  std::set<Id> seen;
  std::vector<Id> todo = {person};
  while (!todo.empty()) {
    const Id id = std::move(todo.back());
    todo.pop_back();
    if (!seen.insert(id).second || Follow(id) != person) continue;
    for (Tenure& tenure : ValueOf(table_.Tenures(id, version_))) {
      if (!tenure.account.empty()) tenure.account = Follow(tenure.account);
      all.push_back(std::move(tenure));
    }
    if (const auto children = ValueOf(table_.ChildrenEver(id))) {
      todo.insert(todo.end(), children->begin(), children->end());
    }
  }
  // One event may link two records of one person: the account makes the order whole.
  std::sort(all.begin(), all.end(), [](const Tenure& a, const Tenure& b) {
    return a.order_key != b.order_key ? a.order_key < b.order_key : a.account < b.account;
  });
  return Remember(tenures_, person, std::move(all));
}

Id Resolver::AccountOf(const Id& followed, int64_t at) {
  if (followed.kind() == v1::ACCOUNT) return followed;
  if (!followed.is_person() || table_.Unknown(followed)) return Id();
  const Tenure* in_force = nullptr;
  for (const Tenure& tenure : TenuresOf(followed)) {
    if (in_force != nullptr && InstantOf(tenure.order_key) > at) break;
    in_force = &tenure;
  }
  return in_force == nullptr ? Id() : in_force->account;
}

Resolution Resolver::Resolve(const std::vector<Id>& subject, int64_t at, const Id& fallback) {
  Resolution resolution;
  for (const v1::IdKind kind : kPersonOrder) {
    const Id* id = FirstOf(subject, kind);
    if (id == nullptr) continue;
    resolution.person = Follow(*id);
    break;
  }
  if (const Id* id = FirstOf(subject, v1::OPPORTUNITY)) {
    resolution.opportunity = GoesOnAs(*id);
  }
  for (const v1::IdKind kind : kAccountOrder) {
    const Id* id = FirstOf(subject, kind);
    if (id == nullptr) continue;
    resolution.root = AccountOf(Follow(*id), at);
    if (!resolution.root.empty()) return resolution;
  }
  for (const v1::IdKind kind : kRootOrder) {
    const Id* id = FirstOf(subject, kind);
    if (id == nullptr) continue;
    resolution.root = Follow(*id);
    return resolution;
  }
  resolution.root = subject.empty() ? fallback : Follow(subject.front());
  return resolution;
}

bool Resolver::HasTenures(const Id& person) {
  return person.is_person() && !table_.Unknown(person) && !TenuresOf(person).empty();
}

std::vector<TenureAt> Resolver::TenuresIn(const Id& account, const Id& person) {
  std::vector<TenureAt> found;
  if (!person.is_person() || table_.Unknown(person)) return found;
  Id current;
  for (const Tenure& tenure : TenuresOf(person)) {
    if (tenure.account == current) continue;
    if (current == account) found.push_back({tenure.order_key, person, false, tenure.account});
    if (tenure.account == account) found.push_back({tenure.order_key, person, true, current});
    current = tenure.account;
  }
  return found;
}

}  // namespace revops
