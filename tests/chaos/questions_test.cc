// What an operator asks of a running cluster: who has what, is it right, and what went wrong.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPartitions = 4;

class QuestionsTest : public OverKafkaTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(StartBroker(kPartitions));
    if (IsSkipped()) return;
    EXPECT_THAT(made_, HasSubstr("dead-letters"));
    for (const char* name : {"a", "b"}) {
      projectors_.push_back(std::make_unique<ClusterProcess>(
          "project", broker_->brokers(), absl::StrCat(folder_.path(), "/", name)));
      ASSERT_NO_FATAL_FAILURE(projectors_.back()->Start());
    }
    ingest_ = std::make_unique<ClusterProcess>("ingest", broker_->brokers(), folder_.path() + "/i");
    ASSERT_NO_FATAL_FAILURE(ingest_->Start());
  }

  // Asks until the partitions are shared out and everything is folded.
  v1::StatusResponse AwaitSettled(ClusterProcess& asked, size_t owners_min) {
    v1::StatusResponse status;
    for (int look = 0; look < 1200; ++look) {
      const auto answer = asked.api().Status({});
      if (answer.ok()) status = *answer;
      std::set<std::string> owners;
      bool well = answer.ok() && status.seen().settled();
      for (const auto& partition : status.partitions()) {
        owners.insert(partition.owner());
        well = well && partition.error().empty();
      }
      if (well && owners.size() >= owners_min) return status;
      absl::SleepFor(absl::Milliseconds(50));
    }
    ADD_FAILURE() << "not settled within a minute: " << status.ShortDebugString();
    return status;
  }
  void Publish(const std::vector<TestEvent>& events) {
    v1::PublishRequest request;
    for (const TestEvent& event : events) *request.add_events() = EventOf(event);
    const auto published = ingest_->api().Publish(request);
    ASSERT_TRUE(published.ok()) << published.status();
    ASSERT_EQ(published->refused(), 0u);
  }
  void PublishRaw(const std::string& bytes, int partition) {
    const std::string file = folder_.path() + "/raw";
    std::ofstream(file, std::ios::binary) << bytes;
    const auto sent = RunShell(absl::StrCat("kcat -P -b ", broker_->brokers(),
                                            " -t touchpoints -p ", partition, " ", file));
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  // key -> the different "VALUE|HEADERS" that the topic of dead letters has under it.
  std::map<std::string, std::set<std::string>> Told() {
    const auto read = RunShell(
        absl::StrCat("kcat -C -q -e -b ", broker_->brokers(), " -t dead-letters -f '%k|%s|%h\\n'"));
    EXPECT_TRUE(read.ok()) << read.status();
    std::map<std::string, std::set<std::string>> told;
    for (const absl::string_view line : absl::StrSplit(*read, '\n', absl::SkipEmpty())) {
      const size_t bar = line.find('|');
      told[std::string(line.substr(0, bar))].insert(std::string(line.substr(bar + 1)));
    }
    return told;
  }

  std::vector<std::unique_ptr<ClusterProcess>> projectors_;
  std::unique_ptr<ClusterProcess> ingest_;
};

TEST_F(QuestionsTest, DeadLettersStandOnATopicAndATakeoverWritesThemTheSame) {
  for (int p = 0; p < kPartitions; ++p) PublishRaw(absl::StrCat("no event ", p), p);
  AwaitSettled(*ingest_, 2);
  const auto told = Told();
  for (int p = 0; p < kPartitions; ++p) {
    const auto found = told.find(absl::StrCat("touchpoints/", p, "@0"));
    ASSERT_NE(found, told.end()) << p;
    ASSERT_EQ(found->second.size(), 1u);
    EXPECT_THAT(*found->second.begin(),
                AllOf(HasSubstr(absl::StrCat("no event ", p, "|")),
                      HasSubstr(absl::StrCat("revops-partition=", p)), HasSubstr("revops-offset=0"),
                      HasSubstr("revops-reason=")));
  }
  EXPECT_EQ(told.size(), static_cast<size_t>(kPartitions));
  // Who takes over folds from nothing, and so tells again.
  projectors_[0]->Kill();
  const v1::StatusResponse after = AwaitSettled(*projectors_[1], 1);
  for (const auto& partition : after.partitions()) {
    EXPECT_EQ(partition.owner(), after.partitions(0).owner());
  }
  EXPECT_EQ(Told(), told);
  const auto letters = projectors_[1]->api().DeadLetters({});
  ASSERT_TRUE(letters.ok()) << letters.status();
  EXPECT_EQ(letters->dead_letters_size(), kPartitions);
}

TEST_F(QuestionsTest, AClusterIsVerifiedWhileItRunsFromAnyProcessAndFromOutside) {
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    for (int i = 0; !stop && !HasFailure(); ++i) {
      const std::string visitor = absl::StrCat("anonymous:web:v", i % 50);
      Publish({{absl::StrCat("v", i), i, {visitor}, "page_view {}"},
               {absl::StrCat("l", i),
                i,
                {visitor},
                absl::StrCat("linked { ", Field("child", visitor),
                             Field("parent", absl::StrCat("contact:crm:c", i % 17)), "}")}});
    }
  });
  const ProgramRun outside = RunProgram({"verify", "--kafka", broker_->brokers(), "--cluster"});
  EXPECT_EQ(outside.exit_code, 0) << outside.out << outside.err;
  EXPECT_THAT(outside.out, HasSubstr("Equal: the views are what the log says"));
  const ProgramRun inside = RunProgram({"verify", "--server", ingest_->url()});
  EXPECT_EQ(inside.exit_code, 0) << inside.out << inside.err;
  stop = true;
  publisher.join();
  // Nobody is held any more.
  AwaitSettled(*ingest_, 2);
}

TEST_F(QuestionsTest, StatusTellsWhoHasWhatAndNamesWhatAFrozenProcessHas) {
  for (int i = 0; i < 200; ++i) {
    Publish({{absl::StrCat("v", i), i, {absl::StrCat("contact:crm:c", i)}, "page_view {}"}});
  }
  v1::StatusResponse status = AwaitSettled(*ingest_, 2);
  std::map<std::string, int> owned;
  uint64_t journeys = 0;
  for (const auto& partition : status.partitions()) {
    ++owned[partition.owner()];
    journeys += partition.journeys();
    EXPECT_TRUE(partition.has_records_per_second());
    EXPECT_EQ(partition.lag(), 0u);
    EXPECT_EQ(partition.lag_micros(), 0);
    EXPECT_TRUE(partition.has_store_bytes());
  }
  EXPECT_EQ(owned.size(), 2u);
  EXPECT_EQ(journeys, 200u);
  const ProgramRun table = RunProgram({"status", "--kafka", broker_->brokers(), "--cluster"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  for (const auto& [owner, count] : owned) EXPECT_THAT(table.out, HasSubstr(owner));
  EXPECT_THAT(table.out, HasSubstr(status.digest()));

  projectors_[1]->Freeze();
  const auto missing = ingest_->api().Status({});
  projectors_[1]->Thaw();
  ASSERT_TRUE(missing.ok()) << missing.status();
  int silent = 0;
  for (const auto& partition : missing->partitions()) {
    if (partition.error().empty()) continue;
    ++silent;
    EXPECT_THAT(partition.error(), HasSubstr("does not answer"));
    EXPECT_THAT(partition.error(), HasSubstr(partition.owner()));
    EXPECT_FALSE(partition.has_position());
  }
  EXPECT_EQ(silent, 2);
}

}  // namespace
}  // namespace revops::test
