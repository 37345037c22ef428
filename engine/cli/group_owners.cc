#include "engine/cli/group_owners.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"

namespace revops {
namespace {
constexpr absl::Duration kBetweenLooks = absl::Seconds(1);
constexpr absl::Duration kBetweenWantedLooks = absl::Milliseconds(50);
}  // namespace

GroupOwners::GroupOwners(Describe describe)
    : describe_(std::move(describe)), thread_([this] { Run(); }) {}

GroupOwners::~GroupOwners() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

std::map<int, std::string> GroupOwners::Owners() {
  absl::MutexLock lock(&mutex_);
  return owners_;
}

std::string GroupOwners::Blind() {
  absl::MutexLock lock(&mutex_);
  return std::string(looked_.message());
}

void GroupOwners::Refresh() {
  absl::MutexLock lock(&mutex_);
  wanted_ = true;
}

void GroupOwners::Run() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      const auto due = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return wanted_ || stop_; };
      mutex_.AwaitWithTimeout(absl::Condition(&due), kBetweenLooks);
      if (stop_) return;
      wanted_ = false;
    }
    const absl::StatusOr<std::vector<KafkaMember>> members = describe_();
    std::map<int, std::string> owners;
    if (members.ok()) {
      for (const KafkaMember& member : *members) {
        for (const int p : member.partitions) owners[p] = member.client_id;
      }
    }
    {
      absl::MutexLock lock(&mutex_);
      if (members.ok()) owners_ = std::move(owners);
      looked_ = members.status();
    }
    absl::SleepFor(kBetweenWantedLooks);
  }
}

}  // namespace revops
