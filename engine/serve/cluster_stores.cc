#include "engine/serve/cluster_stores.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "engine/base/status.h"
#include "engine/runtime/log_ends.h"

namespace revops {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(2);
constexpr absl::Duration kWaitMax = absl::Milliseconds(50);
// How long an owner waits for what a question is to cover before it answers that it is not.
constexpr absl::Duration kOwnerWait = absl::Milliseconds(200);
// A hold is made longer while the stores come to rest, and ends by itself if who asked is gone.
constexpr absl::Duration kHoldTime = absl::Seconds(3);
constexpr absl::Duration kHoldAgain = absl::Seconds(1);
constexpr int kHoldsMax = 10;

// Calls `ask` for each owner, side by side; what they answer, in the order of `owners`.
std::vector<absl::Status> AskAll(
    const std::map<std::string, std::vector<int>>& owners,
    absl::FunctionRef<absl::Status(const std::string&, const std::vector<int>&)> ask) {
  std::vector<absl::Status> answers(owners.size());
  std::vector<std::thread> asking;
  size_t i = 0;
  for (const auto& [url, partitions] : owners) {
    absl::Status* answer = &answers[i++];
    if (i == owners.size()) {
      *answer = ask(url, partitions);
      break;
    }
    asking.emplace_back([&ask, answer, at = &url, of = &partitions] { *answer = ask(*at, *of); });
  }
  for (std::thread& one : asking) one.join();
  return answers;
}

std::string Named(const std::vector<int>& partitions) {
  return absl::StrCat(partitions.size() == 1 ? "partition " : "partitions ",
                      absl::StrJoin(partitions, ", "));
}

bool LooksHaveReached(const Look& look, const std::vector<v1::StoredProgress>& wanted) {
  for (size_t p = 0; p < wanted.size(); ++p) {
    if (!ReadAsMuch(look[p].progress, wanted[p])) return false;
  }
  return true;
}

}  // namespace

namespace {

// Nobody is seen, either because there is nobody, or because one cannot look.
std::string Why(PartitionOwners& owners) {
  const std::string blind = owners.Blind();
  return blind.empty() ? "" : absl::StrCat(" (", blind, ")");
}

}  // namespace

ClusterStores::ClusterStores(const Engine& engine, PartitionOwners& owners, const Clock& clock,
                             std::string self, uint64_t holder)
    : engine_(engine), owners_(owners), clock_(clock), self_(std::move(self)), holder_(holder) {}

absl::StatusOr<std::map<std::string, std::vector<int>>> ClusterStores::Elsewhere() {
  const std::map<int, std::string> owners = owners_.Owners();
  std::map<std::string, std::vector<int>> elsewhere;
  std::vector<int> missing;
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (engine_.owns(p)) continue;
    const auto owner = owners.find(p);
    if (owner == owners.end() || owner->second == self_) {
      missing.push_back(p);
    } else {
      elsewhere[owner->second].push_back(p);
    }
  }
  if (missing.empty()) return elsewhere;
  return absl::UnavailableError(absl::StrCat(Named(missing), missing.size() == 1 ? " is" : " are",
                                             " owned by no process just now", Why(owners_)));
}

absl::StatusOr<Look> ClusterStores::LookOnce(const std::vector<v1::StoredProgress>& wanted) {
  ASSIGN_OR_RETURN(const auto elsewhere, Elsewhere());
  Look look(engine_.partitions());
  const auto ask = [&](const std::string& url, const std::vector<int>& partitions) {
    v1::LookRequest request;
    request.set_generation(engine_.generation());
    for (const int p : partitions) request.add_partitions(p);
    absl::StatusOr<std::vector<PartitionLook>> looks = peers_.LookAt(url, request);
    if (!looks.ok()) {
      return Annotate(looks.status(), absl::StrCat(Named(partitions), " of ", url));
    }
    for (size_t i = 0; i < partitions.size(); ++i) look[partitions[i]] = std::move((*looks)[i]);
    return absl::OkStatus();
  };
  for (const absl::Status& answer : AskAll(elsewhere, ask)) RETURN_IF_ERROR(answer);
  LinkVersion version = 0;
  for (const PartitionLook& one : look) version = std::max(version, one.progress.link_version());
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
    const int64_t began = clock_.MonotonicMicros();
    if (coverage.has_value()) {
      const absl::Duration left = absl::Microseconds(std::max<int64_t>(deadline - began, 0));
      for (StoreState& state : StatesOnceRead(coverage->Wanted(), std::min(left, kOwnerWait))) {
        progress.push_back(std::move(state.progress));
      }
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
    // Who waited at the owners has waited.
    absl::SleepFor(wait - absl::Microseconds(clock_.MonotonicMicros() - began));
  }
}

absl::Status ClusterStores::HoldAll(absl::Duration time) {
  if (time <= absl::ZeroDuration()) engine_.Release(holder_);
  ASSIGN_OR_RETURN(const auto elsewhere, Elsewhere());
  v1::HoldRequest request;
  request.set_generation(engine_.generation());
  request.set_holder(holder_);
  request.set_time_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(time)));
  const std::vector<absl::Status> answers =
      AskAll(elsewhere, [&](const std::string& url, const std::vector<int>& partitions) {
        return Annotate(peers_.Hold(url, request), absl::StrCat(Named(partitions), " of ", url));
      });
  for (const absl::Status& answer : answers) RETURN_IF_ERROR(answer);
  return time > absl::ZeroDuration() ? engine_.Hold(holder_, time) : absl::OkStatus();
}

absl::Status ClusterStores::AwaitCaughtUp(int64_t deadline) {
  RETURN_IF_ERROR(Elsewhere().status());
  const std::map<int, std::string> owners = owners_.Owners();
  ASSIGN_OR_RETURN(const LogEnds ends, EndsOfLog(engine_.log(), engine_.partitions()));
  std::vector<v1::StoredProgress> wanted(engine_.partitions());
  for (int p = 0; p < engine_.partitions(); ++p) wanted[p].set_touchpoints(ends.touchpoints[p]);
  while (true) {
    const std::vector<StoreState> states = StatesOnceRead(wanted, kOwnerWait);
    int behind = -1;
    for (int p = 0; p < engine_.partitions(); ++p) {
      if (states[p].progress.touchpoints() < ends.touchpoints[p]) behind = p;
    }
    if (behind < 0) return absl::OkStatus();
    if (clock_.MonotonicMicros() >= deadline || owners_.Owners() != owners) {
      return absl::UnavailableError(absl::StrCat(
          "partition ", behind, " has still to read ",
          ends.touchpoints[behind] - states[behind].progress.touchpoints(), " touchpoints"));
    }
    absl::SleepFor(kWaitMax);
  }
}

absl::StatusOr<Look> ClusterStores::LookAtRest(absl::Duration time_max) {
  const int64_t deadline = clock_.MonotonicMicros() + absl::ToInt64Microseconds(time_max);
  // What is still held when nobody can be told goes on by itself.
  const auto release = absl::MakeCleanup([this] { HoldAll(absl::ZeroDuration()).IgnoreError(); });
  absl::Status missing;
  do {
    const std::map<int, std::string> owners = owners_.Owners();
    // Who had a partition before its owner may have read on, and have sent others what it read.
    missing = AwaitCaughtUp(deadline);
    const bool caught_up = missing.ok();
    for (int holds = 0; caught_up && holds < kHoldsMax; ++holds) {
      // Everybody holds at least until then: each counts from when it was asked.
      const int64_t held_until = clock_.MonotonicMicros() + absl::ToInt64Microseconds(kHoldTime);
      missing = HoldAll(kHoldTime);
      if (!missing.ok()) break;
      const int64_t again = held_until - absl::ToInt64Microseconds(kHoldTime - kHoldAgain);
      do {
        absl::StatusOr<Look> look = LookOnce({});
        missing = look.status();
        if (!look.ok()) break;
        missing = AtRest(engine_.log(), *look);
        if (missing.ok() && clock_.MonotonicMicros() >= held_until) {
          missing = absl::UnavailableError("somebody takes long to answer");
          break;
        }
        // Nobody has a partition who was not held before.
        if (missing.ok() && owners_.Owners() == owners) return look;
        if (missing.ok()) missing = absl::UnavailableError("partitions are changing hands");
        absl::SleepFor(kFirstWait);
      } while (clock_.MonotonicMicros() < again);
      if (!absl::IsUnavailable(missing) || owners_.Owners() != owners) break;
    }
    if (!missing.ok() && !absl::IsUnavailable(missing)) return missing;
    owners_.Refresh();
    absl::SleepFor(kWaitMax);
  } while (clock_.MonotonicMicros() < deadline);
  return Annotate(missing, "the stores did not come to rest");
}

std::vector<StoreState> ClusterStores::States() { return StatesOnceRead({}, absl::ZeroDuration()); }

std::vector<StoreState> ClusterStores::StatesOnceRead(const std::vector<v1::StoredProgress>& wanted,
                                                      absl::Duration time_max) {
  const std::map<int, std::string> owners = owners_.Owners();
  std::vector<StoreState> states(engine_.partitions());
  std::map<std::string, std::vector<int>> elsewhere;
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (engine_.owns(p)) continue;
    const auto owner = owners.find(p);
    if (owner == owners.end() || owner->second == self_) {
      states[p].status = absl::UnavailableError(
          absl::StrCat("partition ", p, " is owned by no process just now", Why(owners_)));
      owners_.Refresh();
      continue;
    }
    states[p].owner = owner->second;
    elsewhere[owner->second].push_back(p);
  }
  v1::StatesRequest request;
  request.set_generation(engine_.generation());
  *request.mutable_wanted() = {wanted.begin(), wanted.end()};
  request.set_wait_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(time_max)));
  AskAll(elsewhere, [&](const std::string& url, const std::vector<int>& partitions) {
    const absl::StatusOr<v1::StatesResponse> response = peers_.States(url, request);
    for (const int p : partitions) {
      states[p].status = response.ok()
                             ? absl::UnavailableError(absl::StrCat(
                                   "partition ", p, " is not owned by ", url, " any more"))
                             : response.status();
    }
    if (!response.ok()) {
      owners_.Refresh();
      return response.status();
    }
    for (const v1::PartitionState& one : response->partitions()) {
      if (one.partition() < 0 || one.partition() >= engine_.partitions()) continue;
      StoreState& state = states[one.partition()];
      // Others' are for the threads that ask those.
      if (std::find(partitions.begin(), partitions.end(), one.partition()) == partitions.end()) {
        continue;
      }
      state.progress = one.progress();
      state.status = one.error().empty() ? absl::OkStatus() : absl::UnavailableError(one.error());
      state.store_bytes = one.store_bytes();
      state.records_per_second = one.records_per_second();
    }
    return absl::OkStatus();
  });
  engine_.AwaitRead(wanted, time_max);
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (!engine_.owns(p) || !states[p].owner.empty()) continue;
    states[p] = StateOf(engine_, p);
    states[p].owner = self_;
  }
  return states;
}

}  // namespace revops
