#include "engine/identity/links.h"

#include <utility>

namespace revops {
namespace {

// How far a kind of person stands from "somebody not yet known": links never point back.
int Rank(v1::IdKind kind) {
  switch (kind) {
    case v1::ANONYMOUS:
      return 0;
    case v1::LEAD:
      return 1;
    case v1::CONTACT:
      return 2;
    default:
      return -1;
  }
}

bool MakesSense(v1::IdKind child, v1::IdKind parent) {
  if (child == parent) return true;
  if (parent == v1::ACCOUNT) return true;
  return Rank(child) >= 0 && Rank(child) < Rank(parent);
}

bool Usable(const v1::Id& id) { return CheckId(id).ok() && id.kind() != v1::RECORD; }

Link LinkTo(const v1::Id& child, v1::IdKind parent_kind) {
  Link link;
  link.child = Id(child);
  if (parent_kind == v1::ACCOUNT) {
    link.tenure = link.child.is_person();
    link.belonging = !link.tenure && child.kind() != v1::ACCOUNT;
  }
  return link;
}

void Put(const v1::Id& child, const v1::Id& parent, std::vector<Link>& links) {
  if (!Usable(child) || !Usable(parent) || !MakesSense(child.kind(), parent.kind())) return;
  Link link = LinkTo(child, parent.kind());
  link.parent = Id(parent);
  if (link.child == link.parent) return;
  links.push_back(std::move(link));
}

void Take(const v1::Id& child, v1::IdKind parent_kind, std::vector<Link>& links) {
  if (!Usable(child)) return;
  links.push_back(LinkTo(child, parent_kind));
  // Cut loose from whom is not said: from its account too.
  const Link account = LinkTo(child, v1::ACCOUNT);
  if (parent_kind == v1::ID_KIND_UNSPECIFIED && account.belonging) links.push_back(account);
}

void PutConversion(const v1::Event& event, std::vector<Link>& links) {
  const v1::Lead& lead = event.lead();
  const v1::Id* self = nullptr;
  for (const v1::Id& id : event.subject()) {
    if (id.kind() == v1::LEAD && self == nullptr) self = &id;
  }
  if (self != nullptr && lead.has_converted_contact()) {
    Put(*self, lead.converted_contact(), links);
  }
  if (!lead.has_converted_account()) return;
  const v1::Id* person = lead.has_converted_contact() ? &lead.converted_contact() : self;
  if (person != nullptr) Put(*person, lead.converted_account(), links);
  if (lead.has_converted_opportunity()) {
    Put(lead.converted_opportunity(), lead.converted_account(), links);
  }
}

}  // namespace

std::vector<Link> LinksOf(const v1::Event& event) {
  std::vector<Link> links;
  switch (event.body_case()) {
    case v1::Event::kLinked:
      Put(event.linked().child(), event.linked().parent(), links);
      break;
    case v1::Event::kUnlinked:
      Take(event.unlinked().child(), event.unlinked().parent().kind(), links);
      break;
    case v1::Event::kMerged:
      if (event.merged().merged().kind() == event.merged().into().kind()) {
        Put(event.merged().merged(), event.merged().into(), links);
      }
      break;
    case v1::Event::kJoinedAccount:
      if (event.joined_account().account().kind() == v1::ACCOUNT) {
        Put(event.joined_account().contact(), event.joined_account().account(), links);
      }
      break;
    case v1::Event::kLeftAccount:
      Take(event.left_account().contact(), v1::ACCOUNT, links);
      break;
    case v1::Event::kLead:
      if (event.lead().action() == v1::Lead::CONVERTED) PutConversion(event, links);
      break;
    default:
      break;
  }
  return links;
}

bool ConcernsIdentity(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kLinked:
    case v1::Event::kUnlinked:
    case v1::Event::kMerged:
    case v1::Event::kJoinedAccount:
    case v1::Event::kLeftAccount:
    case v1::Event::kErasure:
      return true;
    case v1::Event::kLead:
      return event.lead().action() == v1::Lead::CONVERTED;
    default:
      return false;
  }
}

}  // namespace revops
