#include "tests/support/oracle_identity.h"

#include <algorithm>
#include <set>
#include <utility>

namespace revops::test {
namespace {

v1::IdKind KindOfId(const std::string& id) { return Id::FromBytes(id).kind(); }

bool IsPerson(v1::IdKind kind) {
  return kind == v1::ANONYMOUS || kind == v1::LEAD || kind == v1::CONTACT;
}

bool Publishable(const v1::Id& id) { return CheckId(id).ok() && id.kind() != v1::RECORD; }

// anonymous -> lead -> contact, one's own kind, and anything -> account.
bool MayLink(v1::IdKind child, v1::IdKind parent) {
  if (child == parent || parent == v1::ACCOUNT) return true;
  if (child == v1::ANONYMOUS) return parent == v1::LEAD || parent == v1::CONTACT;
  return child == v1::LEAD && parent == v1::CONTACT;
}

struct OracleLink {
  std::string child, parent;
  bool tenure;
  bool account;  // between an account and what is neither an account nor a person
};

struct Collector {
  std::vector<OracleLink> links;

  void Link(const v1::Id& child, const v1::Id& parent) {
    if (!Publishable(child) || !Publishable(parent)) return;
    if (!MayLink(child.kind(), parent.kind())) return;
    const std::string a = Id(child).bytes(), b = Id(parent).bytes();
    const bool up = parent.kind() == v1::ACCOUNT && child.kind() != v1::ACCOUNT;
    const bool person = IsPerson(child.kind());
    if (a != b) links.push_back({a, b, up && person, up && !person});
  }
  void Unlink(const v1::Id& child, v1::IdKind from) {
    if (!Publishable(child)) return;
    const std::string id = Id(child).bytes();
    const bool person = IsPerson(child.kind());
    const bool thing = !person && child.kind() != v1::ACCOUNT;
    if (from == v1::ACCOUNT) return links.push_back({id, "", person, thing});
    links.push_back({id, "", false, false});
    if (from == v1::ID_KIND_UNSPECIFIED && thing) links.push_back({id, "", false, true});
  }
};

std::vector<OracleLink> LinksOfEvent(const v1::Event& event) {
  Collector collector;
  if (event.has_linked()) collector.Link(event.linked().child(), event.linked().parent());
  if (event.has_unlinked()) {
    collector.Unlink(event.unlinked().child(), event.unlinked().parent().kind());
  }
  if (event.has_merged() && event.merged().merged().kind() == event.merged().into().kind()) {
    collector.Link(event.merged().merged(), event.merged().into());
  }
  if (event.has_joined_account() && event.joined_account().account().kind() == v1::ACCOUNT) {
    collector.Link(event.joined_account().contact(), event.joined_account().account());
  }
  if (event.has_left_account()) collector.Unlink(event.left_account().contact(), v1::ACCOUNT);
  if (event.has_lead() && event.lead().action() == v1::Lead::CONVERTED) {
    const v1::Lead& lead = event.lead();
    const v1::Id* person = nullptr;
    for (const v1::Id& id : event.subject()) {
      if (id.kind() != v1::LEAD) continue;
      person = &id;
      break;
    }
    if (lead.has_converted_contact()) {
      if (person != nullptr) collector.Link(*person, lead.converted_contact());
      person = &lead.converted_contact();
    }
    if (lead.has_converted_account()) {
      if (person != nullptr) collector.Link(*person, lead.converted_account());
      if (lead.has_converted_opportunity()) {
        collector.Link(lead.converted_opportunity(), lead.converted_account());
      }
    }
  }
  return collector.links;
}

// Only such copies meet on `identities`: a link is outranked by other links and erasures alone.
bool MeetsThere(const v1::Event& event) {
  return event.has_linked() || event.has_unlinked() || event.has_merged() ||
         event.has_joined_account() || event.has_left_account() || event.has_erasure() ||
         (event.has_lead() && event.lead().action() == v1::Lead::CONVERTED);
}

const v1::Id* First(const v1::Event& event, v1::IdKind kind) {
  for (const v1::Id& id : event.subject()) {
    if (id.kind() == kind) return &id;
  }
  return nullptr;
}

}  // namespace

bool OracleOutranks(const OracleEvent& a, const OracleEvent& b) {
  if (a.event.revision() != b.event.revision()) return a.event.revision() > b.event.revision();
  if (a.at != b.at) return a.at < b.at;
  return a.bytes < b.bytes;
}

OracleIdentity::OracleIdentity(const std::vector<OracleEvent>& events) {
  // (source, id) -> the copy that stands
  std::map<std::pair<std::string, std::string>, const OracleEvent*> standing;
  for (const OracleEvent& event : events) {
    if (!MeetsThere(event.event)) continue;
    for (const v1::Id& id : event.event.erasure().ids()) {
      if (CheckId(id).ok()) erased_.insert(Id(id).bytes());
    }
    const OracleEvent*& best = standing[{event.event.source(), event.event.id()}];
    if (best == nullptr || OracleOutranks(event, *best)) best = &event;
  }
  for (const auto& [name, event] : standing) {
    if (event->event.voided()) continue;
    // An event's first link of a child counts: one to an account, and one to anything else.
    std::set<std::pair<std::string, bool>> linked;
    for (const OracleLink& link : LinksOfEvent(event->event)) {
      if (link.tenure) {
        tenures_[link.child].emplace(event->order(), link.parent);
        continue;
      }
      if (!linked.insert({link.child, link.account}).second) continue;
      auto& latest = (link.account ? accounts_ : parents_)[link.child];
      if (latest.first < event->order() || latest == decltype(parents_)::mapped_type()) {
        latest = {event->order(), link.parent};
      }
    }
  }
  // A deal's account leads on only where no merge does.
  for (const auto& [child, account] : accounts_) {
    auto& parent = parents_[child];
    if (parent.second.empty()) parent = account;
  }
  for (const auto& [child, accounts] : tenures_) {
    History& history = histories_[Follow(child)];
    for (const auto& [order, account] : accounts) {
      history.emplace_back(order, account.empty() ? "" : Follow(account));
    }
  }
  for (auto& [person, history] : histories_) std::sort(history.begin(), history.end());
}

std::string OracleIdentity::Follow(const std::string& id) const {
  std::vector<std::string> path = {id};
  while (true) {
    const auto at = parents_.find(path.back());
    if (at == parents_.end() || at->second.second.empty()) return path.back();
    const auto before = std::find(path.begin(), path.end(), at->second.second);
    if (before != path.end()) return *std::min_element(before, path.end());
    path.push_back(at->second.second);
  }
}

std::string OracleIdentity::FollowDeals(const std::string& deal) const {
  std::set<std::string> seen;
  std::string last = deal;
  while (seen.insert(last).second) {
    const auto at = parents_.find(last);
    if (at == parents_.end() || KindOfId(at->second.second) != v1::OPPORTUNITY) return last;
    last = at->second.second;
  }
  // `last` was met twice: the smallest of the circle it lies on.
  std::string smallest = last;
  for (std::string next = parents_.at(last).second; next != last; next = parents_.at(next).second) {
    smallest = std::min(smallest, next);
  }
  return smallest;
}

const OracleIdentity::History& OracleIdentity::HistoryOf(const std::string& person) const {
  static const auto* nowhere = new History;
  const auto at = histories_.find(person);
  return at == histories_.end() ? *nowhere : at->second;
}

std::string OracleIdentity::AccountOf(const std::string& id, int64_t at) const {
  if (KindOfId(id) == v1::ACCOUNT) return id;
  if (!IsPerson(KindOfId(id))) return "";
  const History& history = HistoryOf(id);
  if (history.empty()) return "";
  std::string account = history.front().second;
  for (const auto& [order, next] : history) {
    if (std::get<0>(order) <= at) account = next;
  }
  return account;
}

OracleIdentity::Answer OracleIdentity::Resolve(const v1::Event& event, int64_t at,
                                               const std::string& alone) const {
  Answer answer;
  for (const v1::IdKind kind : {v1::ANONYMOUS, v1::LEAD, v1::CONTACT}) {
    if (const v1::Id* id = First(event, kind)) answer.person = Follow(Id(*id).bytes());
  }
  const v1::Id* deal = First(event, v1::OPPORTUNITY);
  if (deal != nullptr) {
    answer.opportunity = FollowDeals(Id(*deal).bytes());
  }
  for (const v1::IdKind kind :
       {v1::OPPORTUNITY, v1::ACCOUNT, v1::CONTACT, v1::LEAD, v1::ANONYMOUS}) {
    const v1::Id* id = First(event, kind);
    if (id == nullptr) continue;
    answer.root = AccountOf(Follow(Id(*id).bytes()), at);
    if (!answer.root.empty()) return answer;
  }
  if (!answer.person.empty()) {
    answer.root = answer.person;
  } else if (deal != nullptr) {
    answer.root = Follow(Id(*deal).bytes());
  } else if (event.subject_size() > 0) {
    answer.root = Follow(Id(event.subject(0)).bytes());
  } else {
    answer.root = alone;
  }
  return answer;
}

bool OracleIdentity::Erased(const v1::Event& event) const {
  for (const v1::Id& id : event.subject()) {
    if (erased_.count(Id(id).bytes()) > 0) return true;
  }
  return false;
}

std::vector<OracleTenure> OracleIdentity::TenuresIn(const std::string& account,
                                                    const std::string& person) const {
  std::vector<OracleTenure> tenures;
  std::string in;
  for (const auto& [order, to] : HistoryOf(person)) {
    if (to == in) continue;
    if (in == account) tenures.push_back({order, person, false, to});
    if (to == account) tenures.push_back({order, person, true, in});
    in = to;
  }
  return tenures;
}

}  // namespace revops::test
