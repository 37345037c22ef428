#include "engine/log/ends.h"

#include "engine/log/renamed_log.h"
#include "engine/runtime/topics.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {

TEST(EndsTest, EndsAskedTogetherAreThoseAskedOneByOneInTheOrderOfTheQuestion) {
  const auto log = OpenSharedLog(FreshName("ends") + ".");
  MakeTopics(*log, 3);
  for (const int p : {0, 2, 2, 2}) {
    ASSERT_TRUE(log->Append({{{kTouchpoints, p}, "", "x"}}).ok());
  }
  ASSERT_TRUE(log->Append({{{kIdentities, 0}, "", "y"}}).ok());
  RenamedLog renamed(*log, {{"other", kTouchpoints}});
  const std::vector<TopicPartition> places = {
      {"other", 2}, {kIdentities, 0}, {kRouted, 1}, {"other", 0}, {"other", 1}};
  const auto ends = EndsOf(renamed, places);
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_EQ(*ends, std::vector<Offset>({3, 1, 0, 1, 0}));
  EXPECT_EQ(EndsOf(renamed, {{"other", 3}}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace revops::test
