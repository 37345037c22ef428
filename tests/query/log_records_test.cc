#include "engine/query/log_records.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;
using ::testing::HasSubstr;

TEST(ReadLogTest, RecordsAreShownAsTheyWereAppended) {
  SmallEngine small(1);
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  ASSERT_TRUE(small.log().Append({{{"touchpoints", 0}, "key", "nonsense"}}).ok());
  const auto log = ReadLog(small.log(), v1::LogRequest());
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_EQ(log->records_size(), 2);
  EXPECT_EQ(log->end(), 2);
  EXPECT_EQ(log->partitions(), 1);
  EXPECT_EQ(log->records(0).event().id(), "e0");
  EXPECT_EQ(log->records(0).event().recorded_at(), test::kSmallNow);
  EXPECT_EQ(log->records(1).value(), "nonsense");
  EXPECT_NE(log->records(1).error(), "");
  EXPECT_EQ(log->records(1).size(), 11);
}

TEST(ReadLogTest, RoutedRecordsTellTheirLinkVersion) {
  SmallEngine small(8);
  small.Given({About("contact:crm:bob") + "page_view {}",
               About("contact:crm:bob") +
                   "joined_account { contact { kind: CONTACT namespace: 'crm' value: 'bob' } "
                   "account { kind: ACCOUNT namespace: 'crm' value: 'acme' } }"});
  v1::LogRequest request;
  request.set_topic("routed");
  request.set_partition(HomeOf(Id(v1::ACCOUNT, "crm", "acme"), 8));
  const auto log = ReadLog(small.log(), request);
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_EQ(log->records_size(), 2);
  EXPECT_EQ(log->records(0).link_version(), 1);
  EXPECT_EQ(log->records(0).event().source(), "test");
}

TEST(ReadLogTest, PlacesThatAreNotThereAreSaidInWords) {
  SmallEngine small(2);
  v1::LogRequest request;
  request.set_from(7);
  EXPECT_EQ(ReadLog(small.log(), request).status().code(), absl::StatusCode::kOutOfRange);
  request.set_from(0);
  request.set_partition(2);
  const auto no_partition = ReadLog(small.log(), request).status();
  EXPECT_EQ(no_partition.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(no_partition.message()), HasSubstr("give 0 to 1"));
  request.set_partition(0);
  request.set_topic("gossip");
  const auto no_topic = ReadLog(small.log(), request).status();
  EXPECT_EQ(no_topic.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(no_topic.message()), HasSubstr("touchpoints, routed or identities"));
  request.set_topic("");
  request.set_records_max(1001);
  EXPECT_EQ(ReadLog(small.log(), request).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace revops
