// The topic of links made anew under stores that were folded with the old one.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Link(const std::string& child) {
  return RecordOf(
      {absl::StrCat("l-", child),
       1,
       {child},
       absl::StrCat("linked { ", Field("child", child), Field("parent", "contact:crm:ada"), "}")});
}

class LinksRefusedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log_ = OpenSharedLog(prefix_);
    MakeTopics(*log_, 1);
    for (const char* child : {"anonymous:web:x", "anonymous:web:y"}) {
      ASSERT_TRUE(log_->Append({{{kTouchpoints, 0}, "", Link(child)}}).ok());
    }
    const absl::Status folded = views_.Fold(*log_);
    ASSERT_TRUE(folded.ok()) << folded;
    ASSERT_EQ(*log_->End({kIdentities, 0}), 2u);
  }

  // Deletes `identities`, makes it again with these records, and starts as a process does.
  absl::Status FoldAfterMakingLinksAnew(const std::vector<std::string>& children) {
    log_.reset();
    const auto topics = OpenSharedTopics(prefix_);
    EXPECT_TRUE(topics->Delete(kIdentities).ok());
    absl::Status made;
    // A deleted topic's name is free a moment later.
    for (int tries = 0; tries < 100; ++tries) {
      made = topics->Create(kIdentities, topics->Wanted(1, 1 << 20));
      if (made.ok()) break;
    }
    EXPECT_TRUE(made.ok()) << made;
    log_ = OpenSharedLog(prefix_);
    for (const std::string& child : children) {
      EXPECT_TRUE(log_->Append({{{kIdentities, 0}, "", Link(child)}}).ok());
    }
    log_.reset();
    log_ = OpenSharedLog(prefix_);
    return views_.Fold(*log_);
  }

  const std::string prefix_ = FreshName("links") + ".";
  std::unique_ptr<KafkaLog> log_;
  FoldedViews views_;
};

TEST_F(LinksRefusedTest, AnEmptyTopicOfLinksIsRefusedInsteadOfResolvingUnderOthers) {
  const absl::Status refused = FoldAfterMakingLinksAnew({});
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("identities/0 up to 2"), HasSubstr("the topic ends at 0")));
}

TEST_F(LinksRefusedTest, OtherLinksAtTheSameOffsetsAreRefused) {
  const absl::Status refused =
      FoldAfterMakingLinksAnew({"anonymous:web:y", "anonymous:web:x", "anonymous:web:z"});
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("identities/0 up to 2"), HasSubstr("deleted and made anew")));
}

TEST_F(LinksRefusedTest, TheSameTopicIsNot) {
  log_.reset();
  log_ = OpenSharedLog(prefix_);
  const absl::Status folded = views_.Fold(*log_);
  EXPECT_TRUE(folded.ok()) << folded;
}

}  // namespace
}  // namespace revops::test
