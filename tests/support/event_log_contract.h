// The contract of the EventLog port, as one suite for every log that fills it.
//
// A log takes part with a harness: a default-constructible class with
//   EventLog& log();                         the log under test, empty at first
//   void Reopen();                           closes it and opens it again, as after a restart
//   std::string topic(); other_topic();      kPartitions partitions, and one
// and record_bytes_max() == kRecordBytesMax, and the line
//   INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, EventLogContract, EmbeddedHarness);
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"

namespace revops::test {

template <typename Harness>
class EventLogContract : public ::testing::Test {
 protected:
  static constexpr int kPartitions = 3;
  static constexpr int64_t kRecordBytesMax = 64 << 10;

  EventLog& log() { return harness_.log(); }

  TopicPartition At(int partition) { return {harness_.topic(), partition}; }

  NewRecord Entry(int partition, std::string value) {
    return {At(partition), absl::StrCat("key of ", value), std::move(value)};
  }

  // Appends one record a value, in one call.
  std::vector<Appended> Append(int partition, const std::vector<std::string>& values) {
    std::vector<NewRecord> records;
    for (const std::string& value : values) records.push_back(Entry(partition, value));
    auto appended = log().Append(std::move(records));
    EXPECT_TRUE(appended.ok()) << appended.status();
    return appended.ok() ? *appended : std::vector<Appended>();
  }

  // All values of a partition, read from `from` in steps of `step` records.
  std::vector<std::string> Values(int partition, Offset from = 0, int step = 1000) {
    std::vector<std::string> values;
    while (true) {
      auto records = log().Read(At(partition), from, {.records_max = step});
      EXPECT_TRUE(records.ok()) << records.status();
      if (!records.ok() || records->empty()) return values;
      for (const Record& record : *records) {
        EXPECT_EQ(record.offset, from++);
        values.push_back(record.value);
      }
    }
  }

  absl::StatusCode ReadCode(const TopicPartition& where, Offset from) {
    return log().Read(where, from, {}).status().code();
  }

  Harness harness_;
};

TYPED_TEST_SUITE_P(EventLogContract);

TYPED_TEST_P(EventLogContract, AnEmptyPartitionStartsAndEndsAtZero) {
  EXPECT_EQ(*this->log().Start(this->At(0)), 0u);
  EXPECT_EQ(*this->log().End(this->At(0)), 0u);
  EXPECT_THAT(*this->log().Read(this->At(0), 0, {}), ::testing::IsEmpty());
}

TYPED_TEST_P(EventLogContract, PartitionsOfATopicAreKnown) {
  EXPECT_EQ(*this->log().Partitions(this->harness_.topic()), this->kPartitions);
  EXPECT_EQ(*this->log().Partitions(this->harness_.other_topic()), 1);
  EXPECT_EQ(this->log().Partitions("no such topic").status().code(), absl::StatusCode::kNotFound);
}

TYPED_TEST_P(EventLogContract, OffsetsOfAPartitionAreContiguousFromZero) {
  for (Offset expected = 0; expected < 20; ++expected) {
    EXPECT_EQ(this->Append(1, {"value"})[0].offset, expected);
    EXPECT_EQ(*this->log().End(this->At(1)), expected + 1);
  }
  EXPECT_EQ(*this->log().End(this->At(0)), 0u);
}

TYPED_TEST_P(EventLogContract, OneCallKeepsItsOrderAndAnswersEachRecord) {
  const auto appended =
      this->log().Append({this->Entry(0, "a"), this->Entry(1, "x"), this->Entry(0, "b"),
                          this->Entry(1, "y"), this->Entry(0, "c")});
  ASSERT_TRUE(appended.ok()) << appended.status();
  std::vector<Offset> offsets;
  for (const Appended& one : *appended) offsets.push_back(one.offset);
  EXPECT_THAT(offsets, ::testing::ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THAT(this->Values(0), ::testing::ElementsAre("a", "b", "c"));
  EXPECT_THAT(this->Values(1), ::testing::ElementsAre("x", "y"));
}

TYPED_TEST_P(EventLogContract, AnEmptyCallAppendsNothing) {
  const auto appended = this->log().Append({});
  ASSERT_TRUE(appended.ok()) << appended.status();
  EXPECT_THAT(*appended, ::testing::IsEmpty());
}

TYPED_TEST_P(EventLogContract, TopicsDoNotMix) {
  const TopicPartition other{this->harness_.other_topic(), 0};
  this->Append(0, {"here"});
  ASSERT_TRUE(this->log().Append({{other, "key", "there"}}).ok());
  EXPECT_THAT(this->Values(0), ::testing::ElementsAre("here"));
  EXPECT_EQ(this->log().Read(other, 0, {})->at(0).value, "there");
}

TYPED_TEST_P(EventLogContract, AppendedAtNeverGoesBackAndIsWhatIsRead) {
  std::vector<int64_t> answered;
  for (int i = 0; i < 10; ++i) answered.push_back(this->Append(0, {"value"})[0].appended_at);
  EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end()));
  EXPECT_GT(answered.front(), 0);
  const auto records = this->log().Read(this->At(0), 0, {});
  ASSERT_TRUE(records.ok());
  for (size_t i = 0; i < answered.size(); ++i) {
    EXPECT_EQ(records->at(i).appended_at, answered[i]);
  }
}

TYPED_TEST_P(EventLogContract, ReadingStartsAtAnyOffset) {
  this->Append(2, {"a", "b", "c", "d"});
  EXPECT_THAT(this->Values(2, 2), ::testing::ElementsAre("c", "d"));
  EXPECT_THAT(this->Values(2, 4), ::testing::IsEmpty());
}

TYPED_TEST_P(EventLogContract, ReadingInSmallStepsSeesEveryRecordOnce) {
  std::vector<std::string> values;
  for (int i = 0; i < 50; ++i) values.push_back(absl::StrCat("value ", i));
  this->Append(0, values);
  for (const int step : {1, 7, 50, 1000}) EXPECT_EQ(this->Values(0, 0, step), values);
}

TYPED_TEST_P(EventLogContract, ARecordsLimitIsKept) {
  this->Append(0, {"a", "b", "c"});
  EXPECT_EQ(this->log().Read(this->At(0), 0, {.records_max = 2})->size(), 2u);
}

TYPED_TEST_P(EventLogContract, ABytesLimitIsKeptButALargeRecordIsReadAlone) {
  this->Append(0, {std::string(1000, 'a'), std::string(1000, 'b'), std::string(5000, 'c'), "d"});
  const EventLog::ReadLimits limits{.records_max = 100, .bytes_max = 2500};
  EXPECT_EQ(this->log().Read(this->At(0), 1, limits)->size(), 1u);
  const auto alone = this->log().Read(this->At(0), 2, limits);
  ASSERT_EQ(alone->size(), 1u);
  EXPECT_EQ(alone->at(0).value, std::string(5000, 'c'));
}

TYPED_TEST_P(EventLogContract, ReadingBeyondTheEndIsOutOfRange) {
  this->Append(0, {"a"});
  EXPECT_EQ(this->ReadCode(this->At(0), 1), absl::StatusCode::kOk);
  EXPECT_EQ(this->ReadCode(this->At(0), 2), absl::StatusCode::kOutOfRange);
}

TYPED_TEST_P(EventLogContract, AnUnknownPlaceIsRefusedInWordsAndNothingIsAppended) {
  for (const TopicPartition& unknown :
       {TopicPartition{"no such topic", 0}, this->At(this->kPartitions), this->At(-1)}) {
    const auto refused = this->log().Append({this->Entry(0, "good"), {unknown, "key", "value"}});
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << ToString(unknown);
    EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr(ToString(unknown)));
    EXPECT_FALSE(this->log().Read(unknown, 0, {}).ok());
    EXPECT_FALSE(this->log().End(unknown).ok());
    EXPECT_FALSE(this->log().Start(unknown).ok());
    EXPECT_FALSE(this->log().WaitBeyond(unknown, 0, absl::ZeroDuration()));
  }
  EXPECT_EQ(*this->log().End(this->At(0)), 0u);
}

TYPED_TEST_P(EventLogContract, ARecordAtTheLimitIsTakenAndOneByteMoreIsRefused) {
  ASSERT_EQ(this->log().record_bytes_max(), this->kRecordBytesMax);
  const std::string full(this->kRecordBytesMax - 3, 'v');
  EXPECT_TRUE(this->log().Append({{this->At(0), "key", full}}).ok());
  const auto refused =
      this->log().Append({this->Entry(0, "good"), {this->At(0), "key", full + "v"}});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(*this->log().End(this->At(0)), 1u);
}

TYPED_TEST_P(EventLogContract, EmptyAndBinaryKeysAndValuesComeBackAsTheyWere) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "value"}, {"key", ""}, {"", ""}, {all_bytes, "value"}, {"key", all_bytes}};
  for (const auto& [key, value] : cases) {
    ASSERT_TRUE(this->log().Append({{this->At(0), key, value}}).ok());
  }
  this->harness_.Reopen();
  const auto records = this->log().Read(this->At(0), 0, {});
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), cases.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(records->at(i).key, cases[i].first) << "case " << i;
    EXPECT_EQ(records->at(i).value, cases[i].second) << "case " << i;
  }
}

TYPED_TEST_P(EventLogContract, WaitingEndsWhenTheEndLiesBeyond) {
  EXPECT_FALSE(this->log().WaitBeyond(this->At(0), 0, absl::ZeroDuration()));
  std::thread appender([this] { this->Append(0, {"a", "b"}); });
  EXPECT_TRUE(this->log().WaitBeyond(this->At(0), 1, absl::Minutes(1)));
  appender.join();
  EXPECT_TRUE(this->log().WaitBeyond(this->At(0), 1, absl::ZeroDuration()));
  EXPECT_FALSE(this->log().WaitBeyond(this->At(0), 2, absl::Milliseconds(1)));
}

TYPED_TEST_P(EventLogContract, ConcurrentAppendersGetEveryOffsetOnceAndKeepTheirOrder) {
  constexpr int kAppenders = 8;
  constexpr int kCalls = 25;
  std::vector<std::thread> appenders;
  for (int appender = 0; appender < kAppenders; ++appender) {
    appenders.emplace_back([this, appender] {
      for (int call = 0; call < kCalls; ++call) {
        const std::string name = absl::StrCat(appender, ":", call);
        const auto appended = this->Append(appender % 2, {name, name});
        ASSERT_EQ(appended.size(), 2u);
        const auto read =
            this->log().Read(this->At(appender % 2), appended[0].offset, {.records_max = 1});
        ASSERT_TRUE(read.ok()) << read.status();
        EXPECT_EQ(read->at(0).value, name);
      }
    });
  }
  for (std::thread& appender : appenders) appender.join();

  for (const int partition : {0, 1}) {
    std::map<std::string, int> next_call;  // appender -> 2 × its next call, each value stands twice
    for (const std::string& value : this->Values(partition)) {
      const std::string appender = value.substr(0, value.find(':'));
      EXPECT_EQ(value, absl::StrCat(appender, ":", next_call[appender]++ / 2));
    }
    EXPECT_EQ(*this->log().End(this->At(partition)), kAppenders / 2u * kCalls * 2u);
  }
}

TYPED_TEST_P(EventLogContract, RecordsOffsetsAndIdentitySurviveReopening) {
  const std::string identity = this->log().identity();
  EXPECT_FALSE(identity.empty());
  const int64_t appended_at = this->Append(0, {"a", "b"})[1].appended_at;
  for (int round = 0; round < 3; ++round) {
    this->harness_.Reopen();
    EXPECT_EQ(this->log().identity(), identity);
    EXPECT_EQ(*this->log().End(this->At(0)), 2u + round);
    const Appended next = this->Append(0, {"more"})[0];
    EXPECT_EQ(next.offset, 2u + round);
    EXPECT_GE(next.appended_at, appended_at);
  }
  EXPECT_THAT(this->Values(0), ::testing::ElementsAre("a", "b", "more", "more", "more"));
}

REGISTER_TYPED_TEST_SUITE_P(
    EventLogContract, AnEmptyPartitionStartsAndEndsAtZero, PartitionsOfATopicAreKnown,
    OffsetsOfAPartitionAreContiguousFromZero, OneCallKeepsItsOrderAndAnswersEachRecord,
    AnEmptyCallAppendsNothing, TopicsDoNotMix, AppendedAtNeverGoesBackAndIsWhatIsRead,
    ReadingStartsAtAnyOffset, ReadingInSmallStepsSeesEveryRecordOnce, ARecordsLimitIsKept,
    ABytesLimitIsKeptButALargeRecordIsReadAlone, ReadingBeyondTheEndIsOutOfRange,
    AnUnknownPlaceIsRefusedInWordsAndNothingIsAppended,
    ARecordAtTheLimitIsTakenAndOneByteMoreIsRefused, EmptyAndBinaryKeysAndValuesComeBackAsTheyWere,
    WaitingEndsWhenTheEndLiesBeyond, ConcurrentAppendersGetEveryOffsetOnceAndKeepTheirOrder,
    RecordsOffsetsAndIdentitySurviveReopening);

}  // namespace revops::test
