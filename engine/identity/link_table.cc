#include "engine/identity/link_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/event/event_order.h"

namespace revops {
namespace {
std::string GroupKey(const v1::Event& event) {
  return absl::StrCat(event.source(), absl::string_view("\0", 1), event.id());
}
}  // namespace

void LinkTable::Count(uint64_t record_fingerprint) {
  ++end_;
  const uint64_t before = fingerprints_.empty() ? 0 : fingerprints_.back();
  // Never 0, which stands for none.
  fingerprints_.push_back(Hash64(absl::StrCat(before, " ", record_fingerprint)) | 1);
}

void LinkTable::Add(const DecodedEvent& decoded, uint64_t record_fingerprint) {
  absl::MutexLock lock(&mutex_);
  const LinkVersion offset = end_;
  Count(record_fingerprint);
  touched_.emplace_back();
  std::vector<Id>& touched = touched_.back();
  const v1::Event& event = decoded.event;

  for (const v1::Id& id : event.erasure().ids()) {
    if (!CheckId(id).ok()) continue;
    erased_.emplace(Id(id), offset);
    touched.push_back(Id(id));
  }

  Copies& copies = groups_[GroupKey(event)];
  for (const Copy& copy : copies) {
    if (copy.bytes == decoded.bytes) return;
  }
  // A new copy may unseat another: what that one links is concerned as well.
  for (const Copy& copy : copies) {
    for (const Link& link : copy.links) touched.push_back(link.child);
  }
  copies.push_back({offset, event.revision(), event.voided(), decoded.at,
                    OrderKey({decoded.at, event.source(), event.sequence(), event.id()}),
                    decoded.bytes, LinksOf(event)});
  for (const Link& link : copies.back().links) {
    touched.push_back(link.child);
    std::vector<const Copies*>& groups = by_child_[link.child];
    if (std::find(groups.begin(), groups.end(), &copies) == groups.end()) {
      groups.push_back(&copies);
    }
    if (!link.parent.empty()) children_[link.parent].insert(link.child);
  }
}

uint64_t LinkTable::Fingerprint(LinkVersion version) const {
  absl::ReaderMutexLock lock(&mutex_);
  return version == 0 ? 0 : fingerprints_.at(version - 1);
}

void LinkTable::AddUnreadable(uint64_t record_fingerprint) {
  absl::MutexLock lock(&mutex_);
  Count(record_fingerprint);
  touched_.emplace_back();
}

LinkVersion LinkTable::end() const {
  absl::ReaderMutexLock lock(&mutex_);
  return end_;
}

bool LinkTable::Contains(const DecodedEvent& event) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = groups_.find(GroupKey(event.event));
  if (found == groups_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const Copy& copy) { return copy.bytes == event.bytes; });
}

const LinkTable::Copy* LinkTable::Standing(const Copies& copies, LinkVersion version) {
  const Copy* standing = nullptr;
  const auto before = [](const Copy& a, const Copy& b) {
    if (a.revision != b.revision) return a.revision > b.revision;
    return std::tie(a.at, a.bytes) < std::tie(b.at, b.bytes);
  };
  for (const Copy& copy : copies) {
    if (copy.offset >= version) continue;
    if (standing == nullptr || before(copy, *standing)) standing = &copy;
  }
  return standing != nullptr && !standing->voided ? standing : nullptr;
}

const std::vector<const LinkTable::Copies*>* LinkTable::GroupsOf(const Id& child) const {
  const auto found = by_child_.find(child);
  return found == by_child_.end() ? nullptr : &found->second;
}

Id LinkTable::Parent(const Id& child, LinkVersion version) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto* groups = GroupsOf(child);
  if (groups == nullptr) return Id();
  struct Latest {
    const Copy* copy = nullptr;
    const Link* link = nullptr;
    Id parent() const { return link == nullptr ? Id() : link->parent; }
  };
  Latest goes_on, belongs;
  for (const Copies* copies : *groups) {
    const Copy* standing = Standing(*copies, version);
    if (standing == nullptr) continue;
    for (const Link& candidate : standing->links) {
      if (candidate.tenure || candidate.child != child) continue;
      Latest& latest = candidate.belonging ? belongs : goes_on;
      if (latest.copy == nullptr || latest.copy->order_key < standing->order_key) {
        latest = {standing, &candidate};
      }
    }
  }
  return goes_on.parent().empty() ? belongs.parent() : goes_on.parent();
}

std::vector<Tenure> LinkTable::Tenures(const Id& child, LinkVersion version) const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<Tenure> tenures;
  const auto* groups = GroupsOf(child);
  if (groups == nullptr) return tenures;
  for (const Copies* copies : *groups) {
    const Copy* standing = Standing(*copies, version);
    if (standing == nullptr) continue;
    for (const Link& link : standing->links) {
      if (link.tenure && link.child == child) tenures.push_back({standing->order_key, link.parent});
    }
  }
  std::sort(tenures.begin(), tenures.end(),
            [](const Tenure& a, const Tenure& b) { return a.order_key < b.order_key; });
  return tenures;
}

std::vector<Id> LinkTable::ChildrenEver(const Id& parent) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = children_.find(parent);
  if (found == children_.end()) return {};
  return std::vector<Id>(found->second.begin(), found->second.end());
}

bool LinkTable::Erased(const Id& id, LinkVersion version) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = erased_.find(id);
  return found != erased_.end() && found->second < version;
}

std::set<Id> LinkTable::Affected(LinkVersion from, LinkVersion to) const {
  absl::ReaderMutexLock lock(&mutex_);
  std::set<Id> affected;
  std::vector<Id> todo;
  for (LinkVersion offset = from; offset < to && offset < end_; ++offset) {
    todo.insert(todo.end(), touched_[offset].begin(), touched_[offset].end());
  }
  // Whatever reaches a changed child changes with it. And since a merged person's tenures are
  // those of all its records, so does whatever person a child with tenures goes on as.
  while (!todo.empty()) {
    const Id id = std::move(todo.back());
    todo.pop_back();
    if (!affected.insert(id).second) continue;
    const auto children = children_.find(id);
    if (children != children_.end()) {
      todo.insert(todo.end(), children->second.begin(), children->second.end());
    }
    const auto* groups = GroupsOf(id);
    if (groups == nullptr || !id.is_person() || !TenuredBelow(id)) continue;
    for (const Copies* copies : *groups) {
      for (const Copy& copy : *copies) {
        for (const Link& link : copy.links) {
          if (link.child == id && link.parent.is_person()) todo.push_back(link.parent);
        }
      }
    }
  }
  return affected;
}

bool LinkTable::TenuredBelow(const Id& id) const {
  std::set<Id> seen;
  std::vector<Id> todo = {id};
  while (!todo.empty()) {
    const Id at = std::move(todo.back());
    todo.pop_back();
    if (!seen.insert(at).second) continue;
    if (const auto* groups = GroupsOf(at)) {
      for (const Copies* copies : *groups) {
        for (const Copy& copy : *copies) {
          for (const Link& link : copy.links) {
            if (link.tenure && link.child == at) return true;
          }
        }
      }
    }
    const auto children = children_.find(at);
    if (children != children_.end()) {
      todo.insert(todo.end(), children->second.begin(), children->second.end());
    }
  }
  return false;
}

bool LinkTable::Unknown(const Id& id) const {
  absl::ReaderMutexLock lock(&mutex_);
  return !by_child_.contains(id) && !children_.contains(id) && !erased_.contains(id);
}

}  // namespace revops
