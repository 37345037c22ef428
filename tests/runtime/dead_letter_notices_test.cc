#include "engine/runtime/dead_letter_notices.h"

#include <map>

#include "engine/runtime/partition.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "tests/support/memory_log.h"
#include "tests/support/text_events.h"
#include "tests/support/toy_projections.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class RecordingOutlet final : public Outlet {
 public:
  absl::Status Send(std::vector<Notice> notices) override {
    if (fails) return absl::UnavailableError("no broker");
    for (Notice& notice : notices) sent.push_back(std::move(notice));
    return absl::OkStatus();
  }
  bool fails = false;
  std::vector<Notice> sent;
};

std::string Header(const Notice& notice, const std::string& name) {
  for (const auto& [key, value] : notice.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

class DeadLetterNoticesTest : public testing::Test {
 protected:
  std::unique_ptr<Partition> Open(const std::string& folder = "/view") {
    auto store = ViewStore::Open(folder, memory_, disk_.get());
    EXPECT_TRUE(store.ok()) << store.status();
    Partition::Options options;
    options.generation = "g";
    options.dead_letters = &outlet_;
    auto partition = Partition::Open(options, log_, links_, registry_, *model_, std::move(*store));
    EXPECT_TRUE(partition.ok()) << partition.status();
    return std::move(*partition);
  }
  void Append(const std::string& record) {
    ASSERT_TRUE(log_.Append({{{kTouchpoints, 0}, "", record}}).ok());
  }
  static TestEvent Deal(const std::string& id, int hour, const std::string& body) {
    return {id, hour, {"opportunity:crm:d"}, body};
  }

  MemoryLog log_{1};
  RecordingOutlet outlet_;
  const std::unique_ptr<rocksdb::Env> disk_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  ViewMemory memory_{8 << 20};
  LinkTable links_;
  const Registry registry_ = ToyRegistry();
  const std::shared_ptr<const RevenueModel> model_ = RevenueModel::Default();
};

TEST_F(DeadLetterNoticesTest, ARecordThatDoesNotDecodeIsToldWithItsBytesAndItsPlace) {
  Append(RecordOf({"e1", 1, {"contact:crm:ada"}, "page_view {}"}));
  Append("\xff no event");
  ASSERT_EQ(*Open()->FoldTouchpoints(10), 2);
  ASSERT_EQ(outlet_.sent.size(), 1u);
  const Notice& notice = outlet_.sent[0];
  EXPECT_EQ(notice.key, "touchpoints/0@1");
  EXPECT_EQ(notice.value, "\xff no event");
  EXPECT_EQ(Header(notice, "revops-kind"), "unreadable");
  EXPECT_EQ(Header(notice, "revops-state"), "stands");
  EXPECT_EQ(Header(notice, "revops-topic"), "touchpoints");
  EXPECT_EQ(Header(notice, "revops-partition"), "0");
  EXPECT_EQ(Header(notice, "revops-offset"), "1");
  EXPECT_NE(Header(notice, "revops-reason"), "");
}

TEST_F(DeadLetterNoticesTest, ThePositionDoesNotPassWhatCouldNotBeTold) {
  Append("no event");
  const auto partition = Open();
  outlet_.fails = true;
  EXPECT_TRUE(absl::IsUnavailable(partition->FoldTouchpoints(10).status()));
  EXPECT_EQ(partition->progress().touchpoints(), 0u);
  EXPECT_EQ(partition->progress().dead_letters(), 0u);
  outlet_.fails = false;
  EXPECT_EQ(*partition->FoldTouchpoints(10), 1);
  EXPECT_EQ(outlet_.sent.size(), 1u);
  EXPECT_EQ(partition->progress().dead_letters(), 1u);
}

TEST_F(DeadLetterNoticesTest, WhatAViewRefusesIsToldAndWithdrawnWhenItAppliesAfterAll) {
  const std::string close = RecordOf(Deal("close", 5, "opportunity_closed { outcome: WON }"));
  Append(close);
  const auto partition = Open();
  ASSERT_EQ(*partition->FoldTouchpoints(10), 1);
  ASSERT_FALSE(outlet_.sent.empty());
  const Notice told = outlet_.sent[0];
  EXPECT_THAT(told.key, StartsWith("letter/"));
  EXPECT_EQ(told.value, close);
  EXPECT_EQ(Header(told, "revops-kind"), "refused");
  EXPECT_EQ(Header(told, "revops-id"), "close");
  EXPECT_EQ(Header(told, "revops-offset"), "0");
  EXPECT_NE(Header(told, "revops-view"), "(none)");
  const size_t before = outlet_.sent.size();
  // Its past comes late.
  Append(RecordOf(Deal("open", 1, "opportunity_opened {}")));
  ASSERT_EQ(*partition->FoldTouchpoints(10), 1);
  EXPECT_EQ(partition->progress().dead_letters(), 0u);
  ASSERT_EQ(outlet_.sent.size(), 2 * before);
  std::map<std::string, std::string> last;
  for (const Notice& notice : outlet_.sent) last[notice.key] = Header(notice, "revops-state");
  for (const auto& [key, state] : last) EXPECT_EQ(state, "withdrawn") << key;
  EXPECT_EQ(outlet_.sent.back().value, "");
}

TEST_F(DeadLetterNoticesTest, AnotherStoreOfThePartitionTellsTheSameUnderTheSameKeys) {
  Append("no event");
  Append(RecordOf(Deal("close", 5, "opportunity_closed { outcome: WON }")));
  ASSERT_EQ(*Open()->FoldTouchpoints(10), 2);
  const std::vector<Notice> first = std::move(outlet_.sent);
  outlet_.sent.clear();
  const auto other = Open("/other");
  ASSERT_EQ(*other->FoldTouchpoints(1), 1);
  ASSERT_EQ(*other->FoldTouchpoints(1), 1);
  ASSERT_EQ(outlet_.sent.size(), first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(outlet_.sent[i].key, first[i].key);
    EXPECT_EQ(outlet_.sent[i].value, first[i].value);
    EXPECT_EQ(outlet_.sent[i].headers, first[i].headers);
  }
}

TEST_F(DeadLetterNoticesTest, WhatCameByAnotherPartitionIsToldOnlyIfAViewRefusesIt) {
  v1::RoutedRecord routed;
  routed.set_event("no event");
  ASSERT_TRUE(log_.Append({{{kRouted, 0}, "", routed.SerializeAsString()}}).ok());
  routed.set_event(DecodedOf(Deal("close", 5, "opportunity_closed { outcome: WON }")).bytes);
  ASSERT_TRUE(log_.Append({{{kRouted, 0}, "", routed.SerializeAsString()}}).ok());
  ASSERT_EQ(*Open()->FoldRouted(10), 2);
  ASSERT_FALSE(outlet_.sent.empty());
  for (const Notice& notice : outlet_.sent) {
    EXPECT_EQ(Header(notice, "revops-kind"), "refused");
    EXPECT_EQ(Header(notice, "revops-topic"), "routed");
    EXPECT_EQ(Header(notice, "revops-offset"), "1");
    EXPECT_EQ(notice.value, routed.event());
  }
}

}  // namespace
}  // namespace revops::test
