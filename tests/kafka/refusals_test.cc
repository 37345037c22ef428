// What would corrupt views or lose events is refused in words: each damage done to a real broker.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "engine/log/kafka_init.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_topics_kit.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string EventNamed(const std::string& id) {
  v1::Event event = EventOf({id, 0, {"contact:crm:ada"}, "page_view {}"});
  event.set_recorded_at(1'700'000'000'000'000);
  return event.SerializeAsString();
}

// Views folded from a log on Kafka with one partition, before something happens to the log.
class RefusalsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log_ = OpenSharedLog(prefix_);
    MakeTopics(*log_, 1);
    Publish({"a", "b", "c"});
    const absl::Status folded = views_.Fold(*log_);
    ASSERT_TRUE(folded.ok()) << folded;
  }

  void Publish(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      const auto appended = log_->Append({{kFirst, "", EventNamed(id)}});
      ASSERT_TRUE(appended.ok()) << appended.status();
    }
  }

  // As a process that starts: everything is looked at anew.
  absl::Status FoldAgain(KafkaLogOptions options = {}) {
    log_.reset();
    log_ = OpenSharedLog(prefix_, std::move(options));
    return views_.Fold(*log_);
  }

  void MakeTouchpointsAnew() {
    log_.reset();
    ASSERT_NO_FATAL_FAILURE(MakeAnew(*topics_, kTouchpoints, 1));
    log_ = OpenSharedLog(prefix_);
  }

  const TopicPartition kFirst{kTouchpoints, 0};
  const std::string prefix_ = FreshName("refusals") + ".";
  const std::unique_ptr<KafkaTopics> topics_ = OpenSharedTopics(prefix_);
  std::unique_ptr<KafkaLog> log_;
  FoldedViews views_;
};

TEST_F(RefusalsTest, NothingHappenedAndNothingIsRefused) {
  Publish({"d"});
  EXPECT_TRUE(FoldAgain().ok());
  EXPECT_EQ(views_.read(), 4u);
}

TEST_F(RefusalsTest, ATopicMadeAnewIsRefusedAlthoughItIsLongEnough) {
  MakeTouchpointsAnew();
  Publish({"v", "w", "x", "y", "z"});
  const absl::Status refused = FoldAgain();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("touchpoints/0"), HasSubstr("deleted and made anew")));
}

TEST_F(RefusalsTest, APositionPastTheEndIsRefused) {
  MakeTouchpointsAnew();
  Publish({"v"});
  const absl::Status refused = FoldAgain();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("up to 3"), HasSubstr("the log ends at 1")));
}

TEST_F(RefusalsTest, APartitionThatWasAddedIsRefused) {
  ASSERT_TRUE(topics_->AddPartitions(kTouchpoints, 2).ok());
  absl::Status refused;
  for (int tries = 0; tries < 100 && refused.ok(); ++tries) refused = FoldAgain();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("partition count"));
}

TEST_F(RefusalsTest, RetentionThatPassedThePositionIsRefused) {
  Publish({"d", "e"});
  const absl::Status cut = topics_->Cut(kFirst, 4);
  ASSERT_TRUE(cut.ok()) << cut;
  const absl::Status refused = FoldAgain();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("the log begins at 4"), HasSubstr("retention.ms")));
  // And whoever reads on at the old place is told where the log starts.
  const auto read = log_->Read(kFirst, 3, {});
  EXPECT_EQ(read.status().code(), absl::StatusCode::kOutOfRange) << read.status();
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("starts at 4"));
}

TEST_F(RefusalsTest, ALogUnderAnotherNameIsRefused) {
  const auto other = OpenSharedLog(FreshName("other") + ".");
  MakeTopics(*other, 1);
  const absl::Status refused = views_.Fold(*other);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("was built for log kafka:"));
}

TEST_F(RefusalsTest, AnotherClusterIsRefusedAlthoughItHoldsTheSameRecords) {
  const auto other = KafkaBroker::Start({});
  ASSERT_TRUE(other.ok()) << other.status();
  KafkaLogOptions options;
  options.connection = (*other)->connection();
  options.topic_prefix = prefix_;
  auto there = KafkaLog::Open(options);
  ASSERT_TRUE(there.ok()) << there.status();
  MakeTopics(**there, 1);
  const std::string here = log_->identity();
  log_ = *std::move(there);
  Publish({"a", "b", "c"});
  const absl::Status refused = views_.Fold(*log_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("was built for log " + here), HasSubstr(log_->identity()),
                    HasSubstr("remove the store to rebuild it")));
  EXPECT_NE(here, log_->identity());
}

TEST_F(RefusalsTest, AnotherRevenueModelIsRefused) {
  const auto model = RevenueModel::Parse(
      absl::StrReplaceAll(RevenueModel::DefaultText(), {{"\"UTC\"", "\"Asia/Tokyo\""}}), "other");
  ASSERT_TRUE(model.ok()) << model.status();
  const absl::Status refused = views_.Fold(*log_, *model);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("partition 0 was built for generation"), HasSubstr("but this is")));
  EXPECT_TRUE(views_.Fold(*log_).ok());
}

TEST_F(RefusalsTest, AStoreOfANewerProgramIsRefused) {
  uint32_t format = 0;
  views_.Rewrite([&](v1::StoredProgress& progress) {
    format = progress.format();
    progress.set_format(format + 1);
  });
  EXPECT_GT(format, 0u);
  const absl::Status refused = views_.Fold(*log_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr(absl::StrCat("has format ", format + 1)),
                    HasSubstr(absl::StrCat("formats up to ", format)), HasSubstr("newer program")));
  // One that was written before formats were counted is known.
  views_.Rewrite([](v1::StoredProgress& progress) { progress.clear_format(); });
  EXPECT_TRUE(views_.Fold(*log_).ok());
}

TEST_F(RefusalsTest, TheMarkOfATransactionIsNamedAndCanBeAcceptedByThatName) {
  PublishInTransaction(prefix_ + kTouchpoints, 0, {EventNamed("t1"), EventNamed("t2")},
                       /*commit=*/true);
  // The mark is written a moment after the commit is answered.
  AwaitEnd(*topics_, kFirst, 6);
  Publish({"after"});
  const absl::Status refused = FoldAgain();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << refused;
  // Offsets 0–2 are folded, 3 and 4 are t1 and t2, 5 is the mark.
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("--accept-gap touchpoints/0@5-6"), HasSubstr("transactions")));
  KafkaLogOptions other;
  other.accepted_gaps = {*ParseKafkaGap("touchpoints/0@4-5")};
  EXPECT_EQ(FoldAgain(other).code(), absl::StatusCode::kDataLoss);

  KafkaLogOptions accepting;
  accepting.accepted_gaps = {*ParseKafkaGap("touchpoints/0@5-6")};
  const absl::Status accepted = FoldAgain(accepting);
  EXPECT_TRUE(accepted.ok()) << accepted;
  EXPECT_EQ(views_.read(), 6u);
}

TEST_F(RefusalsTest, AnAbortedTransactionAtTheEndIsAGapToo) {
  PublishInTransaction(prefix_ + kTouchpoints, 0, {EventNamed("t1")}, /*commit=*/false);
  AwaitEnd(*topics_, kFirst, 5);
  const absl::Status refused = FoldAgain();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("touchpoints/0@3-5"));

  KafkaLogOptions accepting;
  accepting.accepted_gaps = {*ParseKafkaGap("touchpoints/0@3-5")};
  const absl::Status accepted = FoldAgain(accepting);
  EXPECT_TRUE(accepted.ok()) << accepted;
  // What a settled engine compares with its position.
  EXPECT_EQ(*log_->End(kFirst), 3u);
  Publish({"after"});
  EXPECT_TRUE(views_.Fold(*log_).ok());
  EXPECT_EQ(views_.read(), 4u);
}

TEST(KafkaGapTest, NamesOfGapsAreReadAndOthersRefused) {
  const auto gap = ParseKafkaGap("touch/points/3@418-420");
  ASSERT_TRUE(gap.ok());
  EXPECT_EQ(ToString(*gap), "touch/points/3@418-420");
  for (const char* wrong : {"", "touchpoints@1-2", "touchpoints/0@2-2", "touchpoints/0@2",
                            "touchpoints/x@1-2", "/0@1-2", "touchpoints/0@1-2@3"}) {
    EXPECT_EQ(ParseKafkaGap(wrong).status().code(), absl::StatusCode::kInvalidArgument) << wrong;
  }
}

TEST(KafkaInitTest, TopicsAreMadeAsTheyMustBeAndWhatDoesNotFitIsToldWithItsRemedy) {
  const auto topics = OpenSharedTopics(FreshName("init") + ".");
  const KafkaTopicWish wish{kTouchpoints, 2};
  const auto missing = InitKafkaTopic(*topics, wish, -1, 1 << 20, /*make=*/false);
  ASSERT_TRUE(missing.ok()) << missing.status();
  EXPECT_FALSE(missing->exists);

  const auto made = InitKafkaTopic(*topics, wish, -1, 1 << 20, /*make=*/true);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(made->made);
  EXPECT_THAT(made->misfits, IsEmpty());
  EXPECT_EQ(made->settings.partitions, 2);
  EXPECT_EQ(made->settings.configs.at("message.timestamp.type"), "LogAppendTime");

  KafkaTopicSettings wrong;
  wrong.partitions = 3;
  wrong.configs = {{"cleanup.policy", "compact,delete"},
                   {"retention.ms", "604800000"},
                   {"retention.bytes", "1000000"},
                   {"max.message.bytes", "100000"}};
  ASSERT_TRUE(topics->Create("wrong", wrong).ok());
  const auto judged = InitKafkaTopic(*topics, {"wrong", 2}, -1, 1 << 20, /*make=*/true);
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_FALSE(judged->made);
  EXPECT_EQ(judged->misfits.size(), 6u);
  for (const char* word : {"has 3 partitions, not 2", "message.timestamp.type is CreateTime",
                           "cleanup.policy is compact,delete", "retention.ms is 604800000",
                           "retention.bytes is 1000000", "max.message.bytes is 100000"}) {
    EXPECT_THAT(judged->misfits, Contains(HasSubstr(word)));
  }
}

}  // namespace
}  // namespace revops::test
