#include "tests/support/published.h"

#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/identity/redact.h"
#include "engine/log/overlay_log.h"
#include "engine/runtime/topics.h"
#include "engine/view/journey_head.h"
#include "engine/view/store_check.h"
#include "engine/view/stored_journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/logs.h"

namespace revops::test {
namespace {

std::string CanonicalBytes(const v1::Event& event) {
  const auto canonical = Canonical(event, 0);
  EXPECT_TRUE(canonical.ok()) << canonical.status();
  REVOPS_CHECK(canonical.ok());
  return canonical->bytes;
}

std::string FileName(const v1::Event& event) {
  return event.source() + std::string(1, '\0') + event.id();
}

std::string Shown(const std::string& name) {
  return absl::StrReplaceAll(name, {{std::string(1, '\0'), " "}});
}

uint128 DigestOf(const v1::StoredProgress& progress) {
  return progress.digest().size() == 16 ? ReadUint128(progress.digest().data()) : 0;
}

// source NUL id -> every copy in any journal of any store
using Copies = std::map<std::string, std::multiset<std::string>>;

absl::Status AddCopies(const ViewReader& store, Copies& copies) {
  absl::Status status;
  RETURN_IF_ERROR(store.Scan("S", [&](absl::string_view, absl::string_view value) {
    const auto head = DecodeHead(value);
    status = head.status();
    if (!head.ok()) return false;
    const auto kept = LoadCopies(store, *head);
    status = kept.status();
    if (!kept.ok()) return false;
    for (const Copy& copy : *kept) copies[NameOf(copy)].insert(copy.bytes);
    return true;
  }));
  return status;
}

}  // namespace

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void Published::Attempt(const std::vector<v1::Event>& events) {
  for (const v1::Event& event : events) {
    Content& content = by_name_[FileName(event)][CanonicalBytes(event)];
    if (!content.redacted.empty()) continue;
    v1::Event redacted = event;
    Redact(redacted);
    content.redacted = CanonicalBytes(redacted);
  }
}

void Published::Acknowledge(const std::vector<v1::Event>& events) {
  for (const v1::Event& event : events) {
    by_name_.at(FileName(event)).at(CanonicalBytes(event)).acknowledged = true;
  }
}

uint64_t Published::acknowledged() const {
  uint64_t count = 0;
  for (const auto& [name, contents] : by_name_) {
    for (const auto& [bytes, content] : contents) count += content.acknowledged;
  }
  return count;
}

std::vector<std::string> Published::Problems(const std::vector<const ViewReader*>& stores) const {
  std::vector<std::string> problems;
  const auto wrong = [&](const std::string& name, const std::string& what) {
    problems.push_back(absl::StrCat(Shown(name), " ", what));
  };
  Copies copies;
  for (const ViewReader* store : stores) {
    const absl::Status read = AddCopies(*store, copies);
    if (!read.ok()) problems.push_back(read.ToString());
  }
  for (const auto& [name, contents] : by_name_) {
    const auto at = copies.find(name);
    for (const auto& [bytes, content] : contents) {
      size_t times = at == copies.end() ? 0 : at->second.count(bytes);
      if (at != copies.end() && content.redacted != bytes) {
        times += at->second.count(content.redacted);
      }
      if (times > 1) wrong(name, absl::StrCat("is there ", times, " times"));
      if (times == 0 && content.acknowledged) wrong(name, "was acknowledged and is in no journal");
    }
  }
  for (const auto& [name, kept] : copies) {
    const auto attempted = by_name_.find(name);
    if (attempted == by_name_.end()) {
      wrong(name, "was never published");
      continue;
    }
    for (const std::string& bytes : kept) {
      bool known = attempted->second.count(bytes) > 0;
      for (const auto& [as_sent, content] : attempted->second) {
        known = known || content.redacted == bytes;
      }
      if (!known) wrong(name, "was never published with such bytes");
    }
  }
  return problems;
}

void Published::ExpectExactlyOnce(const Engine& engine) const {
  std::vector<const ViewReader*> stores;
  for (int p = 0; p < engine.partitions(); ++p) stores.push_back(&engine.partition(p)->store());
  EXPECT_THAT(Problems(stores), ::testing::IsEmpty());
}

void ExpectStoresAddUp(const Engine& engine) {
  for (int p = 0; p < engine.partitions(); ++p) {
    const std::shared_ptr<const Partition> partition = engine.partition(p);
    const v1::StoredProgress progress = partition->progress();
    const auto sums = SumStoredKeys(partition->store(), engine.registry());
    ASSERT_TRUE(sums.ok()) << "partition " << p << ": " << sums.status();
    EXPECT_EQ(ToHex(sums->digest), ToHex(DigestOf(progress))) << "partition " << p;
    EXPECT_EQ(sums->copies, progress.kept()) << "partition " << p;
    EXPECT_EQ(sums->deferred, progress.deferred()) << "partition " << p;
    EXPECT_EQ(sums->journeys, progress.journeys()) << "partition " << p;
    EXPECT_EQ(sums->dead_letters, progress.dead_letters()) << "partition " << p;
    EXPECT_EQ(progress.read(), progress.touchpoints() + progress.routed()) << "partition " << p;
    EXPECT_EQ(progress.read(),
              progress.kept() + progress.duplicate() + progress.forwarded() + progress.deferred())
        << "partition " << p;
  }
}

void ExpectSameAsFoldedFromNothing(const Engine& engine) {
  const auto disk = NewMemoryDisk();
  EmbeddedLogOptions log_options;
  log_options.topics[kRouted] = engine.partitions();
  log_options.env = disk;
  const auto routed = EmbeddedLog::Open("/log", log_options);
  ASSERT_TRUE(routed.ok()) << routed.status();
  OverlayLog log(engine.log(), **routed, {kRouted});
  EngineOptions options;
  options.folder = "/views";
  options.memory_bytes = 64 << 20;
  options.env = disk.get();
  // Borrowed for as long as this function runs.
  const std::shared_ptr<const RevenueModel> model(std::shared_ptr<const RevenueModel>(),
                                                  &engine.model());
  const auto again = Engine::Open(options, log, engine.registry(), model);
  ASSERT_TRUE(again.ok()) << again.status();
  const absl::Status folded = (*again)->FoldAll();
  ASSERT_TRUE(folded.ok()) << folded;
  const std::vector<v1::StoredProgress> live = engine.Progress();
  const std::vector<v1::StoredProgress> replayed = (*again)->Progress();
  for (int p = 0; p < engine.partitions(); ++p) {
    EXPECT_EQ(replayed[p].touchpoints(), live[p].touchpoints()) << "partition " << p;
    EXPECT_EQ(ToHex(DigestOf(replayed[p])), ToHex(DigestOf(live[p]))) << "partition " << p;
  }
}

}  // namespace revops::test
