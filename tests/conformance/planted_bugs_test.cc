// Bugs planted on purpose, each to be found by what conformance_test.cc checks: the whole-store
// check after a commit, or the comparison with the oracle. They are planted from outside, by
// changing what a partition reads or what its store holds between two steps. REVOPS_PLANTED=<n>
// sets in how many worlds each.
#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"
#include "gtest/gtest.h"
#include "tests/conformance/run_world.h"
#include "tests/support/map_reader.h"
#include "tests/support/oracle.h"
#include "tests/support/toy_projections.h"
#include "tests/support/view_dump.h"
#include "tests/support/world.h"

namespace revops::test {
namespace {

using Content = World::Content;

const uint64_t kSeeds = FromEnvironment("REVOPS_PLANTED", 12);

class PlantedBugsTest : public testing::Test {
 protected:
  // A world of `partitions` with random records published, nothing folded.
  void Begin(uint64_t seed, World::Options options) {
    random_ = Random(seed);
    options.batch_max = 3;
    options.checkpoint_items = 2;
    world_ = std::make_unique<World>(options, random_, registry_, *model_);
    for (std::string& record : RandomRecords(random_, 30, Bodies::kToy)) {
      world_->Publish(Below(random_, options.partitions), std::move(record));
    }
  }

  // Whether a check of the suite fails once all is settled.
  bool IsFound() {
    world_->Settle(0);
    const LogicalView view = world_->View();
    if (!world_->problems().empty()) return true;
    const LogicalView should_be = Oracle(world_->Published(), registry_, *model_);
    return !Differences(view, should_be).empty() || world_->Digest() != DigestOf(should_be);
  }

  // Writes the digest of what the store holds now, as a program would that believes in it.
  void Reseal(Content& content) {
    world_->Replace(0, content);
    LinkTable links;
    const StoreDump dump = DumpStore(world_->partition(0).store(), registry_, *model_, links);
    v1::StoredProgress progress = dump.progress;
    progress.clear_digest();
    AppendUint128(DigestOf(dump.view), *progress.mutable_digest());
    content[keys::Progress()] = progress.SerializeAsString();
  }

  // Folds in small steps, and looks at the store of partition 0 after some of them.
  void ForEachStore(const std::function<void(const Content&, const LinkTable&)>& look) {
    for (int i = 0; i < 12; ++i) {
      world_->Do(0, World::Action::kTouchpoints, 3);
      world_->FeedAll(0);
      if (i % 3 == 2) world_->Do(0, World::Action::kLinks, 2);
      if (i == 8) world_->Do(0, World::Action::kDeferred, 1);
      LinkTable links;
      for (const Record& record : world_->log().All(kIdentities)) {
        const auto event = Decode(record.value, record.appended_at);
        ASSERT_TRUE(event.ok());
        ASSERT_TRUE(links.Add(*event).ok());
      }
      const Content content = world_->Copy(0);
      ASSERT_FALSE(Finds(content, links));
      look(content, links);
    }
  }
  // Whether the check of a store of this content finds something.
  bool Finds(const Content& content, const LinkTable& links) {
    return !Dump(content, links).problems.empty();
  }
  StoreDump Dump(const Content& content, const LinkTable& links) {
    return DumpStore(MapReader(content), registry_, *model_, links);
  }

  Random random_{1};
  const Registry registry_ = ToyRegistry({.ledger_padding_bytes = 9000});
  const std::shared_ptr<const RevenueModel> model_ = RevenueModel::Default();
  std::unique_ptr<World> world_;
};

TEST_F(PlantedBugsTest, WithoutABugNothingIsFound) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 2});
    EXPECT_FALSE(IsFound()) << seed;
  }
}

TEST_F(PlantedBugsTest, ADuplicateThatIsNotDroppedIsFound) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 1});
    v1::Event event;
    event.set_source("s");
    event.set_id("twice");
    event.set_occurred_at(1'709'254'800'000'000);
    event.mutable_page_view();
    world_->Publish(0, event.SerializeAsString());
    world_->Publish(0, event.SerializeAsString());
    // The second one passes as another event.
    const Offset second = *world_->log().End({kTouchpoints, 0}) - 1;
    world_->log().TamperWithReads([second](const TopicPartition& where, Record& record) {
      v1::Event changed;
      if (where.topic != kTouchpoints || record.offset != second) return;
      EXPECT_TRUE(changed.ParseFromString(record.value));
      changed.set_id("twice, as if new");
      record.value = changed.SerializeAsString();
    });
    EXPECT_TRUE(IsFound()) << seed;
  }
}

TEST_F(PlantedBugsTest, ARetractionThatIsForgottenIsFound) {
  int planted = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 1});
    Content before = world_->Copy(0);
    bool bug = false;
    while (!bug && world_->Do(0, World::Action::kTouchpoints, 1) > 0) {
      Content after = world_->Copy(0);
      int forgotten = 0;
      for (const auto& [key, value] : before) {
        if (key[0] != 'K') continue;
        // What only went down stays as it was.
        const auto at = after.find(key);
        const auto sum = [](const std::string& bytes) {
          return static_cast<int128>(ReadUint128(bytes.data()));
        };
        if (at != after.end() && sum(at->second) >= sum(value)) continue;
        after[key] = value;
        ++forgotten;
      }
      if (forgotten > 0) {
        bug = true;
        Reseal(after);
        world_->Replace(0, after);
      }
      before = std::move(after);
    }
    EXPECT_EQ(IsFound(), bug) << seed;
    planted += bug ? 1 : 0;
  }
  EXPECT_GT(planted, 0);
}

TEST_F(PlantedBugsTest, AStateCommittedWithoutItsPositionIsFound) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 2});
    world_->Do(0, World::Action::kTouchpoints, 2);
    const std::string position = world_->Copy(0)[keys::Progress()];
    if (world_->Do(0, World::Action::kTouchpoints, 4) == 0) continue;
    Content content = world_->Copy(0);
    content[keys::Progress()] = position;
    world_->Replace(0, content);
    EXPECT_TRUE(IsFound()) << seed;
  }
}

TEST_F(PlantedBugsTest, APositionCommittedWithoutItsStateIsFound) {
  int planted = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 1});
    world_->Do(0, World::Action::kTouchpoints, 2);
    Content content = world_->Copy(0);
    if (world_->Do(0, World::Action::kTouchpoints, 4) == 0) continue;
    Content after = world_->Copy(0);
    v1::StoredProgress one, two;
    ASSERT_TRUE(one.ParseFromString(content[keys::Progress()]));
    ASSERT_TRUE(two.ParseFromString(after[keys::Progress()]));
    if (one.kept() == two.kept()) continue;  // nothing but duplicates
    // Only the position: the counters stay with the state.
    one.set_touchpoints(two.touchpoints());
    content[keys::Progress()] = one.SerializeAsString();
    world_->Replace(0, content);
    EXPECT_TRUE(IsFound()) << seed;
    ++planted;
  }
  EXPECT_GT(planted, 0);
}

TEST_F(PlantedBugsTest, EveryPutThatIsLostIsFound) {
  std::set<char> spaces;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 1, .defer_entries_min = 3});
    ForEachStore([&](const Content& content, const LinkTable& links) {
      for (const auto& [key, value] : content) {
        // A checkpoint may go at any time; a store without a position begins anew.
        if (key[0] == 'P' || (key[0] != 'M' && Below(random_, 4) != 0)) continue;
        Content lost = content;
        lost.erase(key);
        EXPECT_TRUE(Finds(lost, links)) << absl::CHexEscape(key);
        spaces.insert(key[0]);
      }
    });
  }
  EXPECT_EQ(std::string(spaces.begin(), spaces.end()), "CDFIKLMQRSTX");
}

TEST_F(PlantedBugsTest, EveryEntryLeftBehindIsFound) {
  std::set<char> spaces;
  for (uint64_t seed = 1; seed <= 2 * kSeeds; ++seed) {
    Begin(seed, {.partitions = 2, .defer_entries_min = seed % 2 == 0 ? 3u : 4096u});
    Content before = world_->Copy(0);
    ForEachStore([&](const Content& content, const LinkTable& links) {
      for (const auto& [key, value] : before) {
        if (content.count(key) > 0) continue;
        Content left = content;
        left[key] = value;
        EXPECT_TRUE(Finds(left, links)) << absl::CHexEscape(key);
        spaces.insert(key[0]);
      }
      before = content;
    });
  }
  for (const char space : {'C', 'D', 'I', 'K', 'L', 'Q', 'R', 'S', 'X'}) {
    EXPECT_EQ(spaces.count(space), 1) << space;
  }
}

TEST_F(PlantedBugsTest, EveryValueThatIsChangedIsFound) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 1, .defer_entries_min = 3});
    ForEachStore([&](const Content& content, const LinkTable& links) {
      for (const auto& [key, value] : content) {
        // Of what is deferred there is no digest before it is folded.
        if (key[0] == 'M' || key[0] == 'Q' || value.empty() || Below(random_, 4) != 0) continue;
        Content changed = content;
        std::string& bytes = changed[key];
        bytes[static_cast<size_t>(Below(random_, static_cast<int>(bytes.size())))] ^=
            static_cast<char>(1 << Below(random_, 8));
        const StoreDump dump = Dump(changed, links);
        if (!dump.problems.empty()) continue;
        // Bits that nobody reads say nothing.
        EXPECT_TRUE(Differences(dump.view, Dump(content, links).view).empty())
            << absl::CHexEscape(key) << " = " << absl::CHexEscape(value.substr(0, 200));
      }
    });
  }
}

TEST_F(PlantedBugsTest, AStoreThatDoesNotWaitForLinkVersionsIsFound) {
  int found = 0;
  for (uint64_t seed = 1; seed <= 3 * kSeeds; ++seed) {
    Begin(seed, {.partitions = 3, .processes = 3});
    world_->log().TamperWithReads([](const TopicPartition& where, Record& record) {
      v1::RoutedRecord routed;
      if (where.topic != kRouted || !routed.ParseFromString(record.value)) return;
      routed.set_link_version(0);
      record.value = routed.SerializeAsString();
    });
    for (int i = 0; i < 200 && world_->problems().empty(); ++i) world_->Step();
    found += IsFound() ? 1 : 0;
  }
  EXPECT_GT(found, static_cast<int>(kSeeds));
}

TEST_F(PlantedBugsTest, AForwardThatIsLostIsFound) {
  int planted = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 2});
    world_->Do(0, World::Action::kTouchpoints, 3);
    if (*world_->log().End({kRouted, 1}) == 0) continue;
    // The first one arrives as a copy of the second, or, if it is alone, as nothing we know.
    world_->log().TamperWithReads([](const TopicPartition& where, Record& record) {
      if (where.topic == kRouted && where.partition == 1 && record.offset == 0) {
        v1::RoutedRecord nothing;
        nothing.set_event("lost");
        record.value = nothing.SerializeAsString();
      }
    });
    EXPECT_TRUE(IsFound()) << seed;
    ++planted;
  }
  EXPECT_GT(planted, 0);
}

TEST_F(PlantedBugsTest, ALinkThatNeverReachesIdentitiesIsFound) {
  int found = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Begin(seed, {.partitions = 2});
    world_->log().TamperWithReads([](const TopicPartition& where, Record& record) {
      if (where.topic == kIdentities) record.value = "lost";
    });
    found += IsFound() ? 1 : 0;
  }
  EXPECT_GT(found, static_cast<int>(kSeeds / 2));
}

}  // namespace
}  // namespace revops::test
