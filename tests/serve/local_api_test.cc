#include "engine/serve/local_api.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/folders.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::IdOf;
using test::SmallEngine;
using ::testing::HasSubstr;
using ::testing::Not;

class LocalApiTest : public ::testing::Test {
 protected:
  static v1::GetRequest GetAda(const std::string& token, int64_t wait_ms) {
    v1::GetRequest request;
    request.set_view("journey");
    *request.mutable_id() = IdOf("contact:crm:ada");
    request.mutable_await()->set_token(token);
    request.mutable_await()->set_wait_ms(wait_ms);
    return request;
  }

  SmallEngine small_;
  LocalApi api_{small_.engine(),
                &small_.ingest(),
                small_.clock(),
                {.program_version = "1.2.3", .model_text = "name: 'm'"}};
};

TEST_F(LocalApiTest, PublishAnswersForEachEventAndItsTokenBringsThemIntoTheAnswer) {
  small_.engine().Start();
  v1::PublishRequest request;
  v1::Event* good = request.add_events();
  good->set_id("1");
  good->set_source("test");
  good->set_occurred_at(test::kSmallStart);
  *good->add_subject() = IdOf("contact:crm:ada");
  good->mutable_page_view();
  request.add_events()->set_id("2");
  const auto published = api_.Publish(request);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->accepted(), 1);
  EXPECT_EQ(published->refused(), 1);
  ASSERT_EQ(published->answers_size(), 2);
  EXPECT_EQ(published->answers(0).verdict(), v1::PublishResponse::ACCEPTED);
  EXPECT_EQ(published->answers(1).verdict(), v1::PublishResponse::REFUSED);
  EXPECT_NE(published->answers(1).code(), "");
  EXPECT_NE(published->answers(1).reason(), "");

  const auto got = api_.Get(GetAda(published->token(), 60'000));
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->rows_size(), 1);
  EXPECT_TRUE(ParseToken(published->token())->IsCoveredBy(*ParseToken(got->seen().token())));
}

TEST_F(LocalApiTest, ATokenNotReachedInTimeSaysHowFarTheEngineIs) {
  const std::string token = small_.Publish({About("contact:crm:ada") + "page_view {}"});
  const auto late = api_.Get(GetAda(token, 1));
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(late.status().message()), HasSubstr("is folded up to 0 of 1"));
  small_.Fold();
  EXPECT_TRUE(api_.Get(GetAda(token, 1)).ok());
}

TEST_F(LocalApiTest, ABadTokenOrWaitIsNamed) {
  const auto damaged = api_.Get(GetAda("zzz", 1)).status();
  EXPECT_EQ(damaged.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(damaged.message()), HasSubstr("await.token"));
  Position elsewhere = small_.engine().position();
  ++elsewhere.log;
  EXPECT_EQ(api_.Get(GetAda(ToToken(elsewhere), 1)).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto long_wait = api_.Get(GetAda("", 60'001)).status();
  EXPECT_THAT(std::string(long_wait.message()), HasSubstr("await.wait_ms is 60001"));
}

TEST_F(LocalApiTest, EveryAnswerSaysWhatItSaw) {
  const std::string token = small_.Given({About("contact:crm:ada") + "page_view {}"});
  const auto get = api_.Get(GetAda(token, 1));
  ASSERT_TRUE(get.ok()) << get.status();
  v1::ListRequest list;
  list.set_view("journey");
  const auto listed = api_.List(list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  v1::TimelineRequest timeline;
  *timeline.mutable_id() = IdOf("contact:crm:ada");
  const auto told = api_.Timeline(timeline);
  ASSERT_TRUE(told.ok()) << told.status();
  const auto letters = api_.DeadLetters({});
  ASSERT_TRUE(letters.ok()) << letters.status();
  const auto status = api_.Status({});
  ASSERT_TRUE(status.ok()) << status.status();
  for (const v1::Seen& seen :
       {get->seen(), listed->seen(), told->seen(), letters->seen(), status->seen()}) {
    EXPECT_TRUE(seen.settled());
    EXPECT_EQ(seen.token(), get->seen().token());
  }
  EXPECT_EQ(status->version(), "1.2.3");
  EXPECT_EQ(api_.Model({})->text(), "name: 'm'");
  EXPECT_EQ(api_.Views({})->views_size(), static_cast<int>(AllProjections().size()));
  EXPECT_EQ(api_.Log({})->partitions(), 2);
}

TEST_F(LocalApiTest, ATokenIsAdvisedWhereTheViewsAreBehindOnly) {
  v1::GetRequest nobody = GetAda("", 0);
  const auto settled = api_.Get(nobody).status();
  EXPECT_EQ(settled.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(settled.message()), Not(HasSubstr("token")));
  // Published, and not yet folded.
  v1::PublishRequest request;
  v1::Event* event = request.add_events();
  event->set_id("1");
  event->set_source("test");
  event->set_occurred_at(test::kSmallStart);
  *event->add_subject() = IdOf("contact:crm:ada");
  event->mutable_page_view();
  ASSERT_TRUE(api_.Publish(request).ok());
  const auto behind = api_.Get(nobody).status();
  EXPECT_EQ(behind.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(behind.message()), HasSubstr("pass the token of its publishing along"));
}

TEST_F(LocalApiTest, WithoutIngestItOnlyAnswersQuestions) {
  LocalApi readonly(small_.engine(), nullptr, small_.clock(), {});
  EXPECT_EQ(readonly.Publish({}).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LocalApiTest, TooMuchAtOnceIsRefused) {
  v1::PublishRequest request;
  for (int i = 0; i < 10'001; ++i) request.add_events();
  const auto status = api_.Publish(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("10001 events"));
}

TEST_F(LocalApiTest, VerifyComparesTheRunningDigestWithTheStoredKeys) {
  small_.Given({About("contact:crm:ada") + "page_view {}"});
  v1::VerifyRequest request;
  EXPECT_EQ(api_.Verify(request, nullptr).status().code(), absl::StatusCode::kFailedPrecondition);
  request.set_stored_only(true);
  const auto verified = api_.Verify(request, nullptr);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_TRUE(verified->equal());
  EXPECT_EQ(verified->partitions_size(), 2);
  EXPECT_EQ(verified->events(), 1);
}

TEST_F(LocalApiTest, StatusTellsHowFarAVerificationIs) {
  small_.Given(
      {About("contact:crm:ada") + "page_view {}", About("contact:crm:bob") + "page_view {}"});
  const test::TemporaryFolder scratch;
  LocalApi api(small_.engine(), nullptr, small_.clock(),
               {.scratch_folder = scratch.path() + "/verify"});
  EXPECT_FALSE(api.Status({})->has_verifying());
  bool told = false;
  const auto verified = api.Verify({}, [&](uint64_t done, uint64_t total) {
    EXPECT_LE(done, total);
    EXPECT_EQ(total, 2u);
    small_.clock().Advance(3'000'000);
    const auto status = api.Status({});
    ASSERT_TRUE(status.ok()) << status.status();
    EXPECT_TRUE(status->has_verifying());
    EXPECT_GE(status->verifying().micros(), 3'000'000);
    EXPECT_EQ(status->verifying().total(), told ? 2u : 0u);
    told = true;
    EXPECT_EQ(api.Verify({}, nullptr).status().code(), absl::StatusCode::kUnavailable);
  });
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_TRUE(verified->equal());
  EXPECT_TRUE(told);
  EXPECT_FALSE(api.Status({})->has_verifying());
}

TEST_F(LocalApiTest, VerifyNamesEventsThatLiveInSeveralJourneysAndIsEqualAllTheSame) {
  const std::string named = " id: '7' source: 'web' page_view {}";
  small_.Given({About("contact:crm:ada") + named, About("contact:crm:bob") + named,
                About("contact:crm:bob") + "page_view {}"});
  v1::VerifyRequest request;
  request.set_stored_only(true);
  const auto verified = api_.Verify(request, nullptr);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_TRUE(verified->equal());
  EXPECT_EQ(verified->differences_size(), 0);
  EXPECT_EQ(verified->split_events(), 1u);
  ASSERT_EQ(verified->findings_size(), 1);
  EXPECT_EQ(verified->findings(0).code(), "split_event");
  EXPECT_EQ(verified->findings(0).source(), "web");
  EXPECT_EQ(verified->findings(0).id(), "7");
  EXPECT_EQ(verified->findings(0).roots_size(), 2);
  EXPECT_THAT(verified->findings(0).message(),
              HasSubstr("2 journeys hold a copy (contact:crm:ada, contact:crm:bob)"));
}

}  // namespace
}  // namespace revops
