#include "engine/query/timeline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::IdOf;
using test::kSmallMinute;
using test::kSmallNow;
using test::kSmallStart;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::TimelineRequest Of(const std::string& id) {
  v1::TimelineRequest request;
  *request.mutable_id() = IdOf(id);
  return request;
}

absl::StatusOr<v1::TimelineResponse> Read(SmallEngine& small, const v1::TimelineRequest& request) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return ReadTimeline(small.engine(), *look, kSmallNow, request);
}

// Ids of all events, page by page.
std::vector<std::string> Ids(SmallEngine& small, v1::TimelineRequest request) {
  std::vector<std::string> ids;
  for (int page = 0; page < 2000; ++page) {
    const auto response = Read(small, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) break;
    for (const auto& entry : response->entries()) ids.push_back(entry.event().id());
    if (response->next_page_token().empty()) break;
    request.set_page_token(response->next_page_token());
  }
  return ids;
}

std::string Joins(const std::string& account) {
  return About("contact:crm:ada") +
         "joined_account { contact { kind: CONTACT namespace: 'crm' value: 'ada' } "
         "account { kind: ACCOUNT namespace: 'crm' value: '" +
         account + "' } }";
}

TEST(TimelineTest, AnAccountShowsEverybodysEventsAPersonTheirOwn) {
  SmallEngine small;
  const std::string acme = About("account:crm:acme");
  small.Given({About("contact:crm:ada") + acme + "page_view {}",
               About("contact:crm:bob") + acme + "page_view {}", acme + "page_view {}",
               About("contact:crm:ada") + acme + "page_view {}"});
  EXPECT_THAT(Ids(small, Of("account:crm:acme")), ElementsAre("e0", "e1", "e2", "e3"));
  EXPECT_THAT(Ids(small, Of("contact:crm:ada")), ElementsAre("e0", "e3"));
  const auto response = Read(small, Of("contact:crm:ada"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->root().value(), "acme");
}

TEST(TimelineTest, APersonWhoChangedCompaniesHasOneTimeline) {
  SmallEngine small(4);
  const std::string view = About("contact:crm:ada") + "page_view {}";
  small.Given({Joins("zebra"), view, Joins("acme"), view, view});
  EXPECT_THAT(Ids(small, Of("contact:crm:ada")), ElementsAre("e0", "e1", "e2", "e3", "e4"));
  v1::TimelineRequest request = Of("contact:crm:ada");
  request.set_descending(true);
  request.set_page_size(2);
  EXPECT_THAT(Ids(small, request), ElementsAre("e4", "e3", "e2", "e1", "e0"));
  const auto response = Read(small, request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->root().value(), "acme");
  EXPECT_THAT(Ids(small, Of("account:crm:zebra")), ElementsAre("e0", "e1"));
}

TEST(TimelineTest, PagesOfALargeJourneyAreItsEventsInEventOrder) {
  SmallEngine small;
  std::vector<std::string> events, expected;
  for (int i = 0; i < 600; ++i) {
    events.push_back(absl::StrCat(About("contact:crm:ada"), "page_view {} id: 'n", 1000 + i,
                                  "' occurred_at: ", kSmallStart + i * kSmallMinute));
    expected.push_back(absl::StrCat("n", 1000 + i));
  }
  // The later half first, so that the earlier one comes late.
  std::rotate(events.begin(), events.begin() + 300, events.end());
  small.Given({events.begin(), events.begin() + 300});
  small.Given({events.begin() + 300, events.end()});
  for (const int page_size : {1, 7, 1000}) {
    v1::TimelineRequest request = Of("contact:crm:ada");
    request.set_page_size(page_size);
    EXPECT_THAT(Ids(small, request), ElementsAreArray(expected));
    request.set_descending(true);
    std::vector<std::string> backwards(expected.rbegin(), expected.rend());
    EXPECT_THAT(Ids(small, request), ElementsAreArray(backwards));
    request.set_from(kSmallStart + 100 * kSmallMinute);
    request.set_to(kSmallStart + 103 * kSmallMinute);
    EXPECT_THAT(Ids(small, request), ElementsAre("n1102", "n1101", "n1100"));
    request.set_descending(false);
    EXPECT_THAT(Ids(small, request), ElementsAre("n1100", "n1101", "n1102"));
  }
}

TEST(TimelineTest, AnEntryNamesTheCopiesThatDoNotStandAndWhoCannotApplyIt) {
  SmallEngine small;
  const std::string deal = About("opportunity:crm:7") + About("account:crm:acme");
  const std::string close = deal +
                            "source: 'crm' id: 'close' occurred_at: 1709251200000000 "
                            "opportunity_closed { outcome: WON } ";
  small.Given({close + "revision: 2", close + "revision: 1 actor: 'amy'"});
  const auto response = Read(small, Of("opportunity:crm:7"));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->entries_size(), 1);
  const auto& entry = response->entries(0);
  EXPECT_EQ(entry.event().revision(), 2);
  EXPECT_EQ(entry.event().recorded_at(), kSmallNow);
  ASSERT_EQ(entry.superseded_size(), 1);
  EXPECT_EQ(entry.superseded(0).actor(), "amy");
  EXPECT_THAT(entry.dead_letter_of(), ElementsAre("opportunity"));
}

TEST(TimelineTest, AnIdThatNoJourneyHoldsIsSaidInWords) {
  SmallEngine small;
  const auto response = Read(small, Of("contact:crm:nobody"));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("contact:crm:nobody"));
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("no journey holds"));
}

}  // namespace
}  // namespace revops
