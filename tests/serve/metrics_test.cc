#include "engine/serve/metrics.h"

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

KnownEnds EndsOf(const Engine& engine) {
  const auto ends = EndsOfLog(engine.log(), engine.partitions());
  return ends.ok() ? KnownEnds{*ends, absl::OkStatus()} : KnownEnds{{}, ends.status()};
}

TEST(MetricsTest, EachOwnedPartitionTellsWhatItsStoreHoldsAndHowFarItIs) {
  SmallEngine small(1);
  const std::string visit = About("contact:crm:ada") + "id: 'x' page_view {} occurred_at: 1 ";
  small.Given({visit, visit});
  small.Publish({About("contact:crm:bob") + "page_view {}"});
  const std::string text = MetricsText(small.engine(), CallCounts(), EndsOf(small.engine()), {});
  EXPECT_THAT(text, AllOf(HasSubstr("revops_partition_up{partition=\"0\"} 1"),
                          HasSubstr("revops_records_read_total{partition=\"0\"} 2"),
                          HasSubstr("revops_records_kept_total{partition=\"0\"} 1"),
                          HasSubstr("revops_records_duplicate_total{partition=\"0\"} 1"),
                          HasSubstr("revops_journeys{partition=\"0\"} 1")));
  EXPECT_THAT(text, AllOf(HasSubstr("revops_position{partition=\"0\"} 2"),
                          HasSubstr("revops_lag_records{partition=\"0\",topic=\"touchpoints\"} 1"),
                          HasSubstr("revops_lag_records{partition=\"0\",topic=\"routed\"} 0"),
                          HasSubstr("revops_partitions_owned 1"), HasSubstr("revops_links_read 0"),
                          HasSubstr("# TYPE revops_records_read_total counter"),
                          HasSubstr("# TYPE revops_lag_records gauge"),
                          HasSubstr("revops_records_per_second{partition=\"0\"} 0")));
}

TEST(MetricsTest, WhatWasTakenInAndRefusedIsCounted) {
  SmallEngine small(1);
  v1::Event good, bad;
  good.set_source("test");
  good.set_id("1");
  good.set_occurred_at(test::kSmallStart);
  *good.add_subject() = test::IdOf("contact:crm:ada");
  good.mutable_page_view();
  bad = good;
  bad.clear_source();
  ASSERT_TRUE(small.ingest().Publish({good, bad, good}).ok());
  ASSERT_TRUE(small.ingest().Publish({bad}).ok());
  const std::string text =
      MetricsText(small.engine(), CallCounts(), EndsOf(small.engine()), small.ingest().counts());
  EXPECT_THAT(text, AllOf(HasSubstr("revops_events_accepted_total 2\n"),
                          HasSubstr("revops_events_refused_total 2\n"),
                          HasSubstr("revops_append_seconds_count 1\n"),
                          HasSubstr("# TYPE revops_append_seconds summary")));
}

TEST(MetricsTest, WhenTheNewestFoldedRecordWasAppendedIsToldInSeconds) {
  SmallEngine small(1);
  small.Given({About("contact:crm:bob") + "page_view {}"});
  const auto record = small.log().Read({kTouchpoints, 0}, 0, {});
  ASSERT_TRUE(record.ok());
  const std::string text = MetricsText(small.engine(), CallCounts(), EndsOf(small.engine()), {});
  EXPECT_THAT(text,
              HasSubstr(absl::StrCat("revops_newest_folded_timestamp_seconds{partition=\"0\"} ",
                                     record->front().appended_at / 1'000'000, "\n")));
}

TEST(MetricsTest, APartitionOfAnotherProcessIsLeftToThatOne) {
  SmallEngine whole(2);
  EngineOptions options;
  options.folder = "/none";
  const auto disk = test::NewMemoryDisk();
  options.env = disk.get();
  options.owns_all = false;
  const Registry registry = AllProjections();
  const auto engine = Engine::Open(options, whole.log(), registry, RevenueModel::Default());
  ASSERT_TRUE(engine.ok()) << engine.status();
  const std::string text = MetricsText(**engine, CallCounts(), EndsOf(**engine), {});
  EXPECT_THAT(text, AllOf(HasSubstr("revops_partitions_owned 0"), Not(HasSubstr("partition=\""))));
}

TEST(MetricsTest, BrokersThatAreAwayLeaveTheLagsToTheEndsThatWereKnown) {
  SmallEngine small(1);
  small.Publish({About("contact:crm:bob") + "page_view {}"});
  KnownEnds known = EndsOf(small.engine());
  EXPECT_THAT(MetricsText(small.engine(), CallCounts(), known, {}),
              HasSubstr("revops_brokers_up 1"));
  known.status = absl::UnavailableError("nobody there");
  EXPECT_THAT(MetricsText(small.engine(), CallCounts(), known, {}),
              AllOf(HasSubstr("revops_brokers_up 0"), HasSubstr("revops_partition_up"),
                    HasSubstr("revops_lag_records{partition=\"0\",topic=\"touchpoints\"} 1")));
  known.ends.reset();
  EXPECT_THAT(MetricsText(small.engine(), CallCounts(), known, {}),
              AllOf(HasSubstr("revops_brokers_up 0"), Not(HasSubstr("revops_lag_records{"))));
}

TEST(MetricsTest, TheEndsAreAskedUntilItIsStopped) {
  SmallEngine small(1);
  EndsWatch watch(small.log(), 1, absl::Milliseconds(1));
  small.Publish({About("contact:crm:bob") + "page_view {}"});
  KnownEnds known;
  do {
    known = watch.known();
  } while (!known.ends.has_value() || known.ends->touchpoints[0] == 0);
  EXPECT_EQ(known.ends->touchpoints[0], 1);
  EXPECT_TRUE(known.status.ok());
}

TEST(MetricsTest, AnswersAreCountedByCallAndOutcome) {
  SmallEngine small(1);
  CallCounts calls;
  calls.Count("List", 200);
  calls.Count("List", 200);
  calls.Count("Get", 404);
  const std::map<std::pair<std::string, int>, uint64_t> expected = {{{"Get", 404}, 1},
                                                                    {{"List", 200}, 2}};
  EXPECT_EQ(calls.counts(), expected);
  EXPECT_THAT(MetricsText(small.engine(), calls, EndsOf(small.engine()), {}),
              AllOf(HasSubstr("revops_answers_total{call=\"List\",status=\"200\"} 2"),
                    HasSubstr("revops_answers_total{call=\"Get\",status=\"404\"} 1")));
}

}  // namespace
}  // namespace revops
