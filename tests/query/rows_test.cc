#include "engine/query/rows.h"

#include "engine/query/explain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::IdOf;
using test::kSmallMinute;
using test::kSmallNow;
using test::kSmallStart;
using test::SmallEngine;
using ::testing::HasSubstr;

absl::StatusOr<v1::GetResponse> Get(SmallEngine& small, const std::string& id, int64_t at = 0,
                                    const std::string& view = "journey") {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  v1::GetRequest request;
  request.set_view(view);
  *request.mutable_id() = IdOf(id);
  request.set_at(at);
  return GetRows(small.engine(), *look, kSmallNow, request);
}

v1::JourneyView JourneyIn(const v1::Row& row) {
  v1::JourneyView view;
  EXPECT_TRUE(row.value().UnpackTo(&view)) << row.value().type_url();
  return view;
}

TEST(GetRowsTest, ARowIsSeenAsOfTheAskingInstant) {
  SmallEngine small;
  small.Given({About("contact:crm:ada") + "page_view {}"});
  constexpr int64_t kDay = 24 * 60 * kSmallMinute;

  const auto now = Get(small, "contact:crm:ada");
  ASSERT_TRUE(now.ok()) << now.status();
  ASSERT_EQ(now->rows_size(), 1);
  EXPECT_TRUE(now->rows(0).current());
  EXPECT_EQ(now->rows(0).entity().value(), "ada");
  EXPECT_EQ(JourneyIn(now->rows(0)).days_since_last_touch(), 92);

  const auto then = Get(small, "contact:crm:ada", kSmallStart + 3 * kDay);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(JourneyIn(then->rows(0)).days_since_last_touch(), 3);
}

TEST(GetRowsTest, AMergedIdAnswersForTheOneItGoesOnAs) {
  SmallEngine small(4);
  small.Given({About("contact:crm:ada") + "page_view {}",
               About("contact:crm:ada2") + "page_view {}",
               About("contact:crm:ada2") +
                   "merged { merged { kind: CONTACT namespace: 'crm' value: 'ada2' } "
                   "into { kind: CONTACT namespace: 'crm' value: 'ada' } }"});
  for (const char* id : {"contact:crm:ada", "contact:crm:ada2"}) {
    const auto answer = Get(small, id);
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_EQ(answer->rows_size(), 1);
    EXPECT_EQ(answer->rows(0).entity().value(), "ada");
    EXPECT_EQ(JourneyIn(answer->rows(0)).touches(), 2);
  }
}

TEST(GetRowsTest, OneAttemptOfAPersonIsFoundByItsOwnIdWhereverThePersonLives) {
  SmallEngine small(4);
  const std::string ada = About("contact:crm:ada");
  small.Given({ada + "joined_account { contact { kind: CONTACT namespace: 'crm' value: 'ada' } "
                     "account { kind: ACCOUNT namespace: 'crm' value: 'acme' } }",
               ada + "lead { action: DECLARED_QUALIFIED handover_id: 'h1' }",
               ada + "lead { action: REJECTED handover_id: 'h1' reason: 'no budget' }",
               ada + "lead { action: DECLARED_QUALIFIED handover_id: 'h2' }"});
  const auto handover = [](const v1::Row& row) {
    v1::HandOverView view;
    EXPECT_TRUE(row.value().UnpackTo(&view));
    return view;
  };
  const auto first = Get(small, "other:hand_over:contact:crm:ada/1", 0, "hand_over");
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->rows_size(), 1);
  EXPECT_EQ(handover(first->rows(0)).handover_id(), "h1");
  EXPECT_EQ(handover(first->rows(0)).reason(), "no budget");
  EXPECT_EQ(first->rows(0).root().value(), "acme");
  EXPECT_TRUE(first->rows(0).current());
  const auto second = Get(small, "other:hand_over:contact:crm:ada/2", 0, "hand_over");
  EXPECT_EQ(handover(second->rows(0)).handover_id(), "h2");
  EXPECT_EQ(Get(small, "other:hand_over:contact:crm:ada/3", 0, "hand_over").status().code(),
            absl::StatusCode::kNotFound);
  // No id in front of the "/" is nobody's.
  EXPECT_EQ(Get(small, "other:hand_over:a/b/1", 0, "hand_over").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(GetRowsTest, WhatAViewNamesItselfIsFoundThroughItsLists) {
  SmallEngine small(4);
  small.Given({About("company:us:us") + "decision { text: 'Call every guest' owner: 'ann' }"});
  const auto found = Get(small, "other:decision:ann Call every guest", 0, "company");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->rows_size(), 1);
  EXPECT_EQ(found->rows(0).root().value(), "us");
  EXPECT_EQ(Get(small, "other:decision:ann Call no guest", 0, "company").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(GetRowsTest, ACampaignHasARowInTheJourneyOfEachWhoMetIt) {
  SmallEngine small(4);
  const auto answered = [](const std::string& account, const std::string& person) {
    return About("contact:crm:" + person) + About("account:crm:" + account) +
           "campaign_id: 'webinar-05' webinar { webinar_id: 'w' action: ATTENDED }";
  };
  small.Given({answered("acme", "ada"), answered("zebra", "bob"), answered("zebra", "eve")});
  const auto all = Get(small, "campaign::webinar-05", 0, "campaign");
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->rows_size(), 2);
  v1::GetRequest request;
  request.set_view("campaign");
  *request.mutable_id() = IdOf("campaign::webinar-05");
  *request.mutable_root() = IdOf("account:crm:zebra");
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok());
  const auto one = GetRows(small.engine(), *look, kSmallNow, request);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_EQ(one->rows_size(), 1);
  EXPECT_EQ(one->rows(0).root().value(), "zebra");
  v1::ExplainRequest explain;
  explain.set_view("campaign");
  *explain.mutable_id() = request.id();
  *explain.mutable_root() = request.root();
  const auto explained = Explain(small.engine(), *look, kSmallNow, explain, nullptr);
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_TRUE(explained->equal());
  EXPECT_EQ(explained->events_count(), 2u);
  *request.mutable_root() = IdOf("account:crm:other");
  EXPECT_EQ(GetRows(small.engine(), *look, kSmallNow, request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(GetRowsTest, APersonWhoChangedCompaniesHasARowInEachWithTheCurrentOneFirst) {
  SmallEngine small(4);
  const auto joins = [](const std::string& account) {
    return About("contact:crm:ada") +
           "joined_account { contact { kind: CONTACT namespace: 'crm' value: 'ada' } "
           "account { kind: ACCOUNT namespace: 'crm' value: '" +
           account + "' } }";
  };
  small.Given({joins("zebra"), About("contact:crm:ada") + "page_view {}", joins("acme"),
               About("contact:crm:ada") + "page_view {}",
               About("contact:crm:ada") + "page_view {}"});

  const auto now = Get(small, "contact:crm:ada");
  ASSERT_TRUE(now.ok()) << now.status();
  ASSERT_EQ(now->rows_size(), 2);
  EXPECT_EQ(now->rows(0).root().value(), "acme");
  EXPECT_TRUE(now->rows(0).current());
  EXPECT_EQ(JourneyIn(now->rows(0)).touches(), 2);
  EXPECT_EQ(now->rows(1).root().value(), "zebra");
  EXPECT_FALSE(now->rows(1).current());
  EXPECT_EQ(JourneyIn(now->rows(1)).touches(), 1);

  const auto then = Get(small, "contact:crm:ada", kSmallStart + kSmallMinute);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(then->rows(0).root().value(), "zebra");
  EXPECT_TRUE(then->rows(0).current());
}

TEST(GetRowsTest, APersonNamedWithAnAccountAndNeverLinkedIsCurrentThere) {
  SmallEngine small;
  small.Given({About("contact:crm:ada") + About("account:crm:acme") + "page_view {}"});
  const auto answer = Get(small, "contact:crm:ada");
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->rows_size(), 1);
  EXPECT_EQ(answer->rows(0).root().value(), "acme");
  EXPECT_TRUE(answer->rows(0).current());
}

TEST(GetRowsTest, WhatIsNotThereIsSaidInWords) {
  SmallEngine small;
  small.Given({About("contact:crm:ada") + "page_view {}"});
  const auto nobody = Get(small, "contact:crm:bob");
  EXPECT_EQ(nobody.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(nobody.status().message()), HasSubstr("contact:crm:bob"));
  const auto nothing = Get(small, "contact:crm:ada", 0, "weather");
  EXPECT_EQ(nothing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(nothing.status().message()), HasSubstr("journey, opportunity, lead"));

  v1::GetRequest request;
  request.set_view("journey");
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok());
  const auto no_id = GetRows(small.engine(), *look, kSmallNow, request);
  EXPECT_EQ(no_id.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(no_id.status().message()), HasSubstr("id: kind"));
}

TEST(GetRowsTest, ALookDoesNotChangeWhileOthersWrite) {
  SmallEngine small;
  small.Given({About("contact:crm:ada") + "page_view {}"});
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok());
  small.Given({About("contact:crm:ada") + "page_view {}"});
  v1::GetRequest request;
  request.set_view("journey");
  *request.mutable_id() = IdOf("contact:crm:ada");
  const auto answer = GetRows(small.engine(), *look, kSmallNow, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(JourneyIn(answer->rows(0)).touches(), 1);
}

TEST(GetRowsTest, APagedJourneyGivesItsRowsToo) {
  SmallEngine small;
  std::vector<std::string> events;
  for (int i = 0; i < 400; ++i) {
    events.push_back(About("contact:crm:c" + std::to_string(i)) + About("account:crm:acme") +
                     "page_view {}");
  }
  small.Given(events);
  const auto answer = Get(small, "contact:crm:c399");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(JourneyIn(answer->rows(0)).touches(), 1);
  EXPECT_EQ(JourneyIn(Get(small, "account:crm:acme")->rows(0)).touches(), 400);
}

}  // namespace
}  // namespace revops
