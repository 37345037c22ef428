#include "engine/serve/cluster_stores.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(2);
constexpr absl::Duration kWaitMax = absl::Milliseconds(50);

bool LooksHaveReached(const Look& look, const std::vector<v1::StoredProgress>& wanted) {
  for (size_t p = 0; p < wanted.size(); ++p) {
    if (!ReadAsMuch(look[p].progress, wanted[p])) return false;
  }
  return true;
}

}  // namespace

ClusterStores::ClusterStores(const Engine& engine, PartitionOwners& owners, const Clock& clock,
                             std::string self)
    : engine_(engine), owners_(owners), clock_(clock), self_(std::move(self)) {}

absl::StatusOr<std::map<std::string, std::vector<int>>> ClusterStores::Elsewhere() {
  const std::map<int, std::string> owners = owners_.Owners();
  std::map<std::string, std::vector<int>> elsewhere;
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (engine_.owns(p)) continue;
    const auto owner = owners.find(p);
    if (owner == owners.end() || owner->second == self_) {
      return absl::UnavailableError(
          absl::StrCat("partition ", p, " is owned by no process just now"));
    }
    elsewhere[owner->second].push_back(p);
  }
  return elsewhere;
}

absl::StatusOr<Look> ClusterStores::LookOnce(const std::vector<v1::StoredProgress>& wanted) {
  ASSIGN_OR_RETURN(const auto elsewhere, Elsewhere());
  Look look(engine_.partitions());
  LinkVersion version = 0;
  for (const auto& [url, partitions] : elsewhere) {
    v1::LookRequest request;
    request.set_generation(engine_.generation());
    for (const int p : partitions) request.add_partitions(p);
    absl::StatusOr<std::vector<PartitionLook>> looks = peers_.LookAt(url, request);
    if (!looks.ok()) {
      return Annotate(looks.status(), absl::StrCat("partition ", partitions.front(), " of ", url));
    }
    for (size_t i = 0; i < partitions.size(); ++i) {
      version = std::max(version, (*looks)[i].progress.link_version());
      look[partitions[i]] = std::move((*looks)[i]);
    }
  }
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (look[p].store != nullptr) continue;
    ASSIGN_OR_RETURN(look[p], LookAtPartition(engine_, p));
  }
  // What a row's root is called is asked of the links here.
  if (engine_.links().end() < version) {
    return absl::UnavailableError(absl::StrCat("this process has read the links up to ",
                                               engine_.links().end(), " of ", version));
  }
  if (!LooksHaveReached(look, wanted)) {
    return absl::UnavailableError("another process took a partition over");
  }
  return look;
}

absl::StatusOr<Look> ClusterStores::LookAt(const absl::optional<Position>& covering,
                                           absl::Duration timeout) {
  if (covering.has_value() && covering->log != engine_.log_hash()) {
    return absl::InvalidArgumentError(
        "the consistency token belongs to another event log; use one that this server gave");
  }
  const int64_t deadline = clock_.MonotonicMicros() + absl::ToInt64Microseconds(timeout);
  absl::optional<Coverage> coverage;
  if (covering.has_value()) coverage.emplace(*covering);
  for (absl::Duration wait = kFirstWait;; wait = std::min(2 * wait, kWaitMax)) {
    std::vector<v1::StoredProgress> progress;
    bool covered = true;
    if (coverage.has_value()) {
      for (StoreState& state : States()) progress.push_back(std::move(state.progress));
      covered = coverage->Reached(progress);
    }
    absl::Status missing;
    if (covered) {
      absl::StatusOr<Look> look = LookOnce(progress);
      if (look.ok() || !absl::IsUnavailable(look.status())) return look;
      missing = look.status();
      owners_.Refresh();
    }
    if (clock_.MonotonicMicros() >= deadline) {
      if (!missing.ok()) return missing;
      return absl::DeadlineExceededError(
          absl::StrCat("the token is not covered yet: ", coverage->Missing(),
                       "; ask again with the same token"));
    }
    absl::SleepFor(wait);
  }
}

std::vector<StoreState> ClusterStores::States() {
  const std::map<int, std::string> owners = owners_.Owners();
  std::vector<StoreState> states(engine_.partitions());
  std::map<std::string, std::vector<int>> elsewhere;
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (engine_.owns(p)) {
      states[p] = StateOf(engine_, p);
      states[p].owner = self_;
      continue;
    }
    const auto owner = owners.find(p);
    if (owner == owners.end() || owner->second == self_) {
      states[p].status =
          absl::UnavailableError(absl::StrCat("partition ", p, " is owned by no process just now"));
      owners_.Refresh();
      continue;
    }
    states[p].owner = owner->second;
    elsewhere[owner->second].push_back(p);
  }
  v1::StatesRequest request;
  request.set_generation(engine_.generation());
  for (const auto& [url, partitions] : elsewhere) {
    const absl::StatusOr<v1::StatesResponse> response = peers_.States(url, request);
    for (const int p : partitions) {
      states[p].status = response.ok()
                             ? absl::UnavailableError(absl::StrCat(
                                   "partition ", p, " is not owned by ", url, " any more"))
                             : response.status();
    }
    if (!response.ok()) {
      owners_.Refresh();
      continue;
    }
    for (const v1::PartitionState& one : response->partitions()) {
      if (one.partition() < 0 || one.partition() >= engine_.partitions()) continue;
      StoreState& state = states[one.partition()];
      if (state.owner != url) continue;
      state.progress = one.progress();
      state.status = one.error().empty() ? absl::OkStatus() : absl::UnavailableError(one.error());
      state.store_bytes = one.store_bytes();
      state.records_per_second = one.records_per_second();
    }
  }
  return states;
}

}  // namespace revops
