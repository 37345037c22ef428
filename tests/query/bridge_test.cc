#include "engine/query/bridge.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallNow;
using test::kSmallStart;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400'000'000;

std::string Deal(const std::string& id, int days, const std::string& rest) {
  return absl::StrCat(About("opportunity:crm:" + id), "occurred_at: ", kSmallStart + days * kDay,
                      " ", rest);
}
std::string Fields(const std::string& owner, int64_t units) {
  return absl::StrCat("fields { stage_id: 'discovery' owner: '", owner,
                      "' amount { currency_code: 'EUR' units: ", units, " } }");
}

absl::StatusOr<v1::BridgeResponse> Ask(SmallEngine& small, const v1::BridgeRequest& request) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return AskBridge(small.engine(), *look, kSmallNow, request);
}

v1::BridgeRequest Between(const std::string& from, const std::string& end,
                          const std::string& slice = "") {
  v1::BridgeRequest request;
  request.set_from_day(from);
  request.set_end_day(end);
  request.set_slice(slice);
  return request;
}

// "flow count amount" of every line that is not 0.
std::vector<std::string> Lines(const v1::Bridge& bridge) {
  std::vector<std::string> lines;
  for (const auto& line : bridge.lines()) {
    if ((line.count() == "0" || line.count().empty()) && line.value() == "0") continue;
    lines.push_back(absl::StrCat(line.flow(), " ", line.count(), " ", line.value()));
  }
  return lines;
}

void GivenDeals(SmallEngine& small) {
  small.Given({
      Deal("a", 0, "opportunity_opened { " + Fields("ann", 100) + " }"),
      Deal("b", 0, "opportunity_opened { " + Fields("bob", 50) + " }"),
      Deal("c", 0, "opportunity_opened { " + Fields("ann", 30) + " }"),
      Deal("d", 40, "opportunity_opened { " + Fields("bob", 10) + " }"),
      // Won for more than was expected: an increase first.
      Deal("a", 41,
           "opportunity_closed { outcome: WON fields { amount { currency_code: 'EUR' "
           "units: 120 } } }"),
      Deal("b", 42,
           "opportunity_changed { fields { owner: 'ann' amount { currency_code: 'EUR' "
           "units: 40 } } }"),
      Deal("c", 43, "opportunity_closed { outcome: LOST }"),
      Deal("c", 50, "opportunity_reopened {}"),
      Deal("d", 51, "entity_deleted { entity { kind: OPPORTUNITY namespace: 'crm' value: 'd' } }"),
  });
}

TEST(BridgeTest, EachFlowIsALineOfItsOwn) {
  SmallEngine small;
  GivenDeals(small);
  const auto response = Ask(small, Between("2024-04-01", "2024-05-01"));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->bridges_size(), 1);
  EXPECT_THAT(
      Lines(response->bridges(0)),
      ElementsAre("opening 3 180", "created 1 10", "increased  20", "decreased  -10", "won -1 -120",
                  "lost -1 -30", "scrubbed -1 -10", "reopened 1 30", "closing 2 70"));
}

TEST(BridgeTest, WhatChangesHandsMovesOutOfOneSliceIntoTheOther) {
  SmallEngine small;
  GivenDeals(small);
  const auto response = Ask(small, Between("2024-04-01", "2024-05-01", "owner"));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->bridges_size(), 2);
  EXPECT_THAT(Lines(response->bridges(0)),
              ElementsAre("opening 2 130", "moved_in 1 50", "increased  20", "decreased  -10",
                          "won -1 -120", "lost -1 -30", "reopened 1 30", "closing 2 70"));
  EXPECT_THAT(Lines(response->bridges(1)),
              ElementsAre("opening 1 50", "created 1 10", "moved_out -1 -50", "scrubbed -1 -10"));
  // Among both nothing moved.
  v1::BridgeRequest both = Between("2024-04-01", "2024-05-01", "owner");
  both.add_values("ann");
  both.add_values("bob");
  const auto together = Ask(small, both);
  ASSERT_EQ(together->bridges_size(), 1);
  EXPECT_THAT(
      Lines(together->bridges(0)),
      ElementsAre("opening 3 180", "created 1 10", "increased  20", "decreased  -10", "won -1 -120",
                  "lost -1 -30", "scrubbed -1 -10", "reopened 1 30", "closing 2 70"));
}

TEST(BridgeTest, TwoDimensionsAtOnceMoveADealWhenEitherChanges) {
  SmallEngine small;
  const auto fields = [](const std::string& team, int close_days) {
    return absl::StrCat("fields { stage_id: 'discovery' sourced_by: SOURCED_SDR owner_team: '",
                        team, "' amount { currency_code: 'EUR' units: 10 } close_date: ",
                        kSmallStart + close_days * kDay, " }");
  };
  small.Given({Deal("a", 0, "opportunity_opened { " + fields("emea", 45) + " }"),
               Deal("b", 0, "opportunity_opened { " + fields("apac", 45) + " }"),
               Deal("a", 40, "opportunity_changed { " + fields("emea", 80) + " }"),
               Deal("b", 41, "opportunity_changed { " + fields("emea", 45) + " }")});
  const auto response = Ask(small, Between("2024-04-01", "2024-05-01", "team,close_month"));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->bridges_size(), 3);
  EXPECT_EQ(response->bridges(0).value(), "apac/2024-04");
  EXPECT_THAT(Lines(response->bridges(0)), ElementsAre("opening 1 10", "moved_out -1 -10"));
  EXPECT_EQ(response->bridges(1).value(), "emea/2024-04");
  EXPECT_THAT(Lines(response->bridges(1)),
              ElementsAre("opening 1 10", "moved_in 1 10", "moved_out -1 -10", "closing 1 10"));
  EXPECT_EQ(response->bridges(2).value(), "emea/2024-05");
  EXPECT_THAT(Lines(response->bridges(2)), ElementsAre("moved_in 1 10", "closing 1 10"));
  // Two values together: what moved between them did not move.
  v1::BridgeRequest emea = Between("2024-04-01", "2024-05-01", "team,close_month");
  emea.add_values("emea/2024-04");
  emea.add_values("emea/2024-05");
  EXPECT_THAT(Lines(Ask(small, emea)->bridges(0)),
              ElementsAre("opening 1 10", "moved_in 1 10", "closing 2 20"));
  const auto sources = Ask(small, Between("2024-04-01", "2024-05-01", "team,sourced_by"));
  EXPECT_EQ(sources->bridges(0).value(), "apac/sdr");
}

TEST(BridgeTest, AValueThatNoDealEverHadIsNamed) {
  SmallEngine small;
  GivenDeals(small);
  v1::BridgeRequest request = Between("2024-03-01", "2024-05-01", "owner");
  request.add_values("zoe");
  const auto nobody = Ask(small, request).status();
  EXPECT_EQ(nobody.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(nobody.message()),
              HasSubstr("no deal had the owner \"zoe\" before 2024-05-01; there are ann, bob"));
  request.add_values("ann");
  const auto one = Ask(small, request);
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_THAT(one->remarks(), ElementsAre(HasSubstr("\"zoe\"")));
  // A month without deals is a month.
  v1::BridgeRequest months = Between("2024-03-01", "2024-05-01", "close_month");
  months.add_values("2031-01");
  EXPECT_TRUE(Ask(small, months).ok());
}

TEST(BridgeTest, BadDaysAndSlicesAreRefusedInWords) {
  SmallEngine small;
  EXPECT_THAT(std::string(Ask(small, Between("", "2024-05-01")).status().message()),
              HasSubstr("from_day is missing"));
  EXPECT_THAT(std::string(Ask(small, Between("2024-05-01", "2024-05-01")).status().message()),
              HasSubstr("is not after from_day"));
  EXPECT_THAT(
      std::string(Ask(small, Between("2024-04-01", "2024-05-01", "mood")).status().message()),
      HasSubstr("slice is \"mood\"; it can be pipeline; stage; owner"));
}

}  // namespace
}  // namespace revops
