// Whom a change of links concerns: everybody who resolves through what changed.
#include <algorithm>

#include "engine/base/status.h"
#include "engine/identity/link_table.h"

namespace revops {

absl::StatusOr<std::set<Id>> LinkTable::Affected(LinkVersion from, LinkVersion to) const {
  std::set<Id> affected;
  std::vector<Id> todo;
  for (LinkVersion offset = from; offset < std::min(to, end()); ++offset) {
    ASSIGN_OR_RETURN(const v1::StoredLinkRecord record, RecordAt(offset));
    for (const std::string& id : record.touched()) todo.push_back(Id::FromBytes(id));
  }
  // Whatever reaches a changed child changes with it. And since a merged person's tenures are
  // those of all its records, so does whatever person a child with tenures goes on as.
  while (!todo.empty()) {
    const Id id = std::move(todo.back());
    todo.pop_back();
    if (!affected.insert(id).second) continue;
    ASSIGN_OR_RETURN(const auto children, ChildrenEver(id));
    todo.insert(todo.end(), children->begin(), children->end());
    if (!id.is_person()) continue;
    ASSIGN_OR_RETURN(const bool tenured, TenuredBelow(id));
    if (!tenured) continue;
    ASSIGN_OR_RETURN(const auto groups, GroupsOf(id));
    for (const v1::StoredLinkCopies& copies : *groups) {
      for (const v1::StoredLinkCopy& copy : copies.copies()) {
        for (const auto& link : copy.links()) {
          const Id parent = Id::FromBytes(link.parent());
          if (link.child() == id.bytes() && parent.is_person()) todo.push_back(parent);
        }
      }
    }
  }
  return affected;
}

absl::StatusOr<bool> LinkTable::TenuredBelow(const Id& id) const {
  std::set<Id> seen;
  std::vector<Id> todo = {id};
  while (!todo.empty()) {
    const Id at = std::move(todo.back());
    todo.pop_back();
    if (!seen.insert(at).second) continue;
    ASSIGN_OR_RETURN(const auto groups, GroupsOf(at));
    for (const v1::StoredLinkCopies& copies : *groups) {
      for (const v1::StoredLinkCopy& copy : copies.copies()) {
        for (const auto& link : copy.links()) {
          if (link.tenure() && link.child() == at.bytes()) return true;
        }
      }
    }
    ASSIGN_OR_RETURN(const auto children, ChildrenEver(at));
    todo.insert(todo.end(), children->begin(), children->end());
  }
  return false;
}

}  // namespace revops
