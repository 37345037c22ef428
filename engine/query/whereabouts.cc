#include "engine/query/whereabouts.h"

namespace revops {

Whereabouts::Whereabouts(const LinkTable& links, LinkVersion version) : resolver_(links) {
  resolver_.Advance(version, {});
}

bool Whereabouts::Current(const Id& root, const Id& entity, int64_t at) {
  if (root == entity) {
    // Their own journey: of the past once they belong to an account.
    return !entity.is_person() || RootAt(entity, at) == root;
  }
  if (entity.is_person()) {
    return !resolver_.HasTenures(resolver_.Follow(entity)) || RootAt(entity, at) == root;
  }
  if (entity.kind() == v1::OPPORTUNITY) {
    const Id home = RootAt(entity, at);
    return home.kind() != v1::ACCOUNT || home == root;
  }
  return true;
}

}  // namespace revops
