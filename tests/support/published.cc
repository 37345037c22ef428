#include "tests/support/published.h"

#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/identity/redact.h"
#include "engine/log/overlay_log.h"
#include "engine/runtime/topics.h"
#include "engine/view/journey_head.h"
#include "engine/view/store_check.h"
#include "engine/view/stored_journal.h"
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

// source NUL id -> every copy in any journal of any store.
std::map<std::string, std::multiset<std::string>> CopiesIn(const Engine& engine) {
  std::map<std::string, std::multiset<std::string>> copies;
  for (int p = 0; p < engine.partitions(); ++p) {
    const ViewStore& store = engine.partition(p)->store();
    const absl::Status scanned = store.Scan("S", [&](absl::string_view, absl::string_view value) {
      const auto head = DecodeHead(value);
      EXPECT_TRUE(head.ok()) << head.status();
      const auto kept = LoadCopies(store, *head);
      EXPECT_TRUE(kept.ok()) << kept.status();
      for (const Copy& copy : *kept) {
        EXPECT_FALSE(copy.unreadable) << "nobody published such a record";
        copies[NameOf(copy)].insert(copy.bytes);
      }
      return true;
    });
    EXPECT_TRUE(scanned.ok()) << scanned;
  }
  return copies;
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

void Published::ExpectExactlyOnce(const Engine& engine) const {
  const auto copies = CopiesIn(engine);
  for (const auto& [name, contents] : by_name_) {
    const auto at = copies.find(name);
    for (const auto& [bytes, content] : contents) {
      size_t times = at == copies.end() ? 0 : at->second.count(bytes);
      if (at != copies.end() && content.redacted != bytes) {
        times += at->second.count(content.redacted);
      }
      EXPECT_LE(times, 1u) << Shown(name) << " is there " << times << " times";
      EXPECT_TRUE(times > 0 || !content.acknowledged)
          << Shown(name) << " was acknowledged, but is in no journal";
    }
  }
  for (const auto& [name, kept] : copies) {
    const auto attempted = by_name_.find(name);
    ASSERT_NE(attempted, by_name_.end()) << Shown(name) << " was never published";
    for (const std::string& bytes : kept) {
      bool known = attempted->second.count(bytes) > 0;
      for (const auto& [as_sent, content] : attempted->second) {
        known = known || content.redacted == bytes;
      }
      EXPECT_TRUE(known) << Shown(name) << " was never published with such bytes";
    }
  }
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
