// One value for each KPI of leads, engagement, voice, content and campaigns of the default model,
// over histories small enough to work out by hand.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/kpi_kit.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;

// A hundred hand-overs on Monday the 4th at 9: 90 assigned at 9:30; 51 touched at 10 and 34 more at
// 11; 80 accepted, 5 rejected; 40 sales-qualified in April, 20 with a deal, 8 of them won.
std::vector<std::string> HundredHandOvers() {
  std::vector<std::string> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back(Of(i, 81, "lead { action: DECLARED_QUALIFIED }"));
    if (i < 90) events.push_back(Of(i, 81.5, Lead("ASSIGNED", "owner: 'amy'")));
    if (i < 85) events.push_back(Of(i, i < 51 ? 82 : 83, kCall));
    if (i < 80) events.push_back(Of(i, 84, Lead("ACCEPTED")));
    if (i >= 80 && i < 85) events.push_back(Of(i, 84, Lead("REJECTED", "reason: 'wrong size'")));
    if (i < 40) events.push_back(Of(i, 35 * 24, Lead("SALES_QUALIFIED")));
    if (i < 20) {
      events.push_back(Deal(
          i, 40 * 24,
          "opportunity_opened { fields { stage_id: 'discovery' " + Money("amount", 9) + "} }"));
    }
    if (i < 8) events.push_back(Deal(i, 60 * 24, "opportunity_closed { outcome: WON }"));
  }
  events.push_back(Ours(0, "spend { team: MARKETING motion: NEW category: MEDIA" + Days(0, 10) +
                               Money("amount", 10'000) + "}"));
  return events;
}

TEST(KpiCatalogueTest, AHundredHandOversConvertBetweenAnyTwoSteps) {
  SmallEngine small;
  small.Given(HundredHandOvers());
  ExpectValues(small, {{"handed_over", "100"},
                       {"declared_attempts", "100"},
                       {"sals", "80"},
                       {"sqls", "40"},
                       {"lead_acceptance", "0.8"},
                       {"leads_lapsed", "15"},
                       {"mqls_never_worked", "15"},
                       {"mqls_never_worked_share", "0.15"},
                       {"handover_to_assigned", "0.9"},
                       {"handover_to_touched", "0.85"},
                       {"assigned_to_touched", "0.944444444"},
                       {"assigned_to_sal", "0.888888889"},
                       {"assigned_to_sql", "0.444444444"},
                       {"assigned_to_opportunity", "0.222222222"},
                       {"assigned_to_won", "0.088888889"},
                       {"touched_to_sal", "0.941176471"},
                       {"touched_to_sql", "0.470588235"},
                       {"touched_to_opportunity", "0.235294118"},
                       {"touched_to_won", "0.094117647"},
                       {"sal_to_sql", "0.5"},
                       {"sal_to_opportunity", "0.25"},
                       {"sal_to_won", "0.1"},
                       {"sql_to_opportunity", "0.5"},
                       {"sql_to_won", "0.2"},
                       {"lead_opportunity_to_won", "0.4"},
                       {"mql_to_sal_period", "0.8"},
                       {"mql_to_sql_period", "0.4"},
                       {"mql_to_opportunity_period", "0.2"},
                       {"mql_to_won_period", "0.08"},
                       {"handover_to_assigned_period", "0.9"},
                       {"handover_to_touched_period", "0.85"},
                       {"assigned_to_touched_period", "0.944444444"},
                       {"assigned_to_sal_period", "0.888888889"},
                       {"assigned_to_sql_period", "0.444444444"},
                       {"assigned_to_opportunity_period", "0.222222222"},
                       {"assigned_to_won_period", "0.088888889"},
                       {"touched_to_sal_period", "0.941176471"},
                       {"touched_to_sql_period", "0.470588235"},
                       {"touched_to_opportunity_period", "0.235294118"},
                       {"touched_to_won_period", "0.094117647"},
                       {"sal_to_sql_period", "0.5"},
                       {"sal_to_opportunity_period", "0.25"},
                       {"sal_to_won_period", "0.1"},
                       {"sql_to_opportunity_period", "0.5"},
                       {"sql_to_won_period", "0.2"},
                       {"lead_opportunity_to_won_period", "0.4"},
                       {"cost_per_sql", "250"}});
  // Accepted in March, qualified in April: the cohort is March's, the period ratio has no base.
  const Question cohort{"sal_to_sql", v1::KpiRequest::MONTH, "2024-03-01", "2024-05-01"};
  EXPECT_THAT(Values(small, cohort), ElementsAre("0.5", "unknown"));
  EXPECT_EQ(Answer(small, cohort).points(0).n(), "80");
  EXPECT_THAT(
      Values(small, {"sal_to_sql_period", v1::KpiRequest::MONTH, "2024-03-01", "2024-05-01"}),
      ElementsAre("0", "unknown"));
}

TEST(KpiCatalogueTest, ACohortOfHandOversSaysHowMuchOfItIsResolved) {
  SmallEngine small;
  std::vector<std::string> events = HundredHandOvers();
  events.push_back(Deal(8, 61 * 24, "opportunity_closed { outcome: LOST }"));
  small.Given(events);
  // Accepted or given back: the 15 others lapsed and were never answered.
  EXPECT_EQ(Answer(small, {"mql_to_sal"}).points(0).resolved(), "0.85");
  EXPECT_EQ(Answer(small, {"lead_acceptance"}).points(0).resolved(), "0.85");
  EXPECT_EQ(Answer(small, {"mql_to_sql"}).points(0).resolved(), "0.45");
  // Won, lost or given back.
  EXPECT_EQ(Answer(small, {"mql_to_won"}).points(0).resolved(), "0.14");
  EXPECT_EQ(Answer(small, {"lead_opportunity_to_won"}).points(0).resolved(), "0.45");
  Question basis{"mql_to_sal"};
  basis.by = "basis";
  EXPECT_THAT(Slices(small, basis), ElementsAre(std::pair("declared", "0.8")));
}

TEST(KpiCatalogueTest, EngagementWeighsTouchesByTheirPoints) {
  SmallEngine small;
  small.Given({Of(1, 10, "webinar { action: ATTENDED }"),          // 20
               Of(1, 11, "page_view { url: 'https://us/blog' }"),  // 1
               Of(2, 12, "form {}"),                               // 15
               Of(2, 13, "traffic: TRAFFIC_BOT form {}"),
               About("anonymous:web:x") + "page_view { url: 'https://us/blog' }"});
  ExpectInMarch(small, {{"engagement_points", "36"}, {"engagement", "18"}});
  Question kind{"engagement_points"};
  kind.by = "kind";
  EXPECT_THAT(Slices(small, kind), ElementsAre(std::pair("form", "15"), std::pair("page_view", "1"),
                                               std::pair("webinar.attended", "20")));
}

TEST(KpiCatalogueTest, SpeedToLeadHasAMeanAMedianAndANinetiethAlsoOfItsParts) {
  SmallEngine small;
  small.Given(HundredHandOvers());
  // 51 of 3,600 s and 34 of 7,200 s, of which 1,800 s until the assignment; percentiles are the
  // middles of their buckets: [3584, 3616), [7168, 7232), [1792, 1808), [5376, 5440).
  ExpectValues(small, {{"speed_to_lead", "5040"},
                       {"speed_to_lead_median", "3599"},
                       {"speed_to_lead_p90", "7199"},
                       {"speed_to_lead_system", "1800"},
                       {"speed_to_lead_system_median", "1799"},
                       {"speed_to_lead_system_p90", "1799"},
                       {"speed_to_lead_human", "3240"},
                       {"speed_to_lead_human_median", "1799"},
                       {"speed_to_lead_human_p90", "5407"}});
  EXPECT_EQ(Answer(small, {"speed_to_lead"}).points(0).n(), "85");
  EXPECT_EQ(Answer(small, {"speed_to_lead_median"}).points(0).n(), "85");
}

TEST(KpiCatalogueTest, TrafficEngagementAwarenessAndCommittees) {
  SmallEngine small;
  const std::string list = "target_list { list: 'top' }";
  const std::string role =
      "joined_account { contact { kind: CONTACT namespace: 'crm' value: 'p1' } account { kind: "
      "ACCOUNT namespace: 'crm' value: 'a1' } role: 'champion' }";
  const auto second = [](double hours, const std::string& rest) {
    return absl::StrCat(About("contact:crm:p9"), OfAccount("a1", hours, rest));
  };
  small.Given({OfAccount("a1", 0, list),
               OfAccount("a2", 0, list),
               Of(1, 1, role),
               Of(1, 24, "page_view {}"),
               Of(1, 25, "page_view {}"),
               second(26, "page_view {}"),
               second(50, "form {}"),
               Of(3, 60, "meeting { action: HELD meeting_id: 'm' }"),
               Of(3, 61, "meeting { action: NO_SHOW meeting_id: 'n' }"),
               Of(3, 62, "demo { action: HELD }"),
               Ours(70, "survey { instrument: AWARENESS score: 3 scale: 10 }"),
               Ours(71, "survey { instrument: AWARENESS score: 4 scale: 10 }"),
               Of(1, 72, "survey { instrument: HOW_HEARD answer: 'a podcast' }"),
               second(73, "survey { instrument: HOW_HEARD answer: 'a podcast' }"),
               Of(3, 74, "survey { instrument: HOW_HEARD answer: 'a friend' }"),
               Of(1, 80, "voice { kind: NEED topic: 'reports' }"),
               Of(1, 81, "voice { kind: CONCERN topic: 'price' }"),
               Of(1, 82, "voice { kind: CONCERN topic: 'security' }"),
               Of(3, 83, "voice { kind: FEATURE_REQUEST feature: 'export' }"),
               Of(3, 84, "voice { kind: FEATURE_REQUEST feature: 'import' }"),
               Of(3, 85, "voice { kind: FEATURE_REQUEST feature: 'import' }")});
  ExpectValues(small, {{"page_views", "3"},
                       {"meetings_held", "2"},
                       {"awareness", "0.35"},
                       {"needs", "1"},
                       {"concerns", "2"},
                       {"feature_requests", "3"},
                       {"listed_accounts", "2"},
                       {"committee_roles_met", "1"},
                       {"committee_people", "3"}});
  EXPECT_EQ(Answer(small, {"awareness"}).points(0).n(), "2");
  ExpectInMarch(small, {{"active_contacts", "3"},
                        {"active_accounts", "2"},
                        {"active_contacts_per_account", "1.5"},
                        {"touches_per_active_contact", "5"},  // a no-show is no touch: 15 / 3
                        {"listed_accounts_active", "0.5"}});
  Question heard{"how_heard"};
  heard.by = "answer";
  EXPECT_THAT(Slices(small, heard), ElementsAre(std::pair("a friend", "0.333333333"),
                                                std::pair("a podcast", "0.666666667")));
}

TEST(KpiCatalogueTest, VisitsAndVisitorsByDayWeekAndMonth) {
  SmallEngine small;
  const std::string search = "referrer: 'https://www.google.com/' page_view {}";
  // March 2024 began on a Friday. The first comes on the 1st (twice), the 4th and the 5th, the
  // second on the 4th, a robot on the 4th.
  small.Given({Of(1, 10, search), Of(1, 10.25, "page_view {}"), Of(1, 20, "page_view {}"),
               Of(1, 72 + 9, "page_view {}"), Of(1, 96 + 9, "page_view {}"), Of(2, 72 + 9, search),
               Of(3, 72 + 9, "traffic: TRAFFIC_BOT page_view {}")});
  ExpectValues(small, {{"visits", "5"}, {"visits_returning", "0.6"}});
  ExpectInMarch(small, {{"visitors", "2"}, {"visits_per_visitor", "2.5"}});
  EXPECT_THAT(Values(small, {"visitors", v1::KpiRequest::WEEK, "2024-03-01", "2024-03-08"}),
              ElementsAre("1", "2"));
  EXPECT_THAT(Values(small, {"visitors", v1::KpiRequest::DAY, "2024-03-01", "2024-03-06"}),
              ElementsAre("1", "0", "0", "2", "1"));
  EXPECT_THAT(Values(small, {"visits", v1::KpiRequest::DAY, "2024-03-01", "2024-03-06"}),
              ElementsAre("2", "0", "0", "2", "1"));
  Question visits{"visits"};
  visits.by = "channel";
  EXPECT_THAT(Slices(small, visits),
              ElementsAre(std::pair("direct", "3"), std::pair("organic_search", "2")));
  visits.by = "source";
  EXPECT_THAT(Slices(small, visits), ElementsAre(std::pair("", "3"), std::pair("google.com", "2")));
  Question visitors{"visitors", v1::KpiRequest::WEEK, "2024-03-04", "2024-03-11"};
  visitors.by = "visitor";
  EXPECT_THAT(Slices(small, visitors),
              ElementsAre(std::pair("new", "1"), std::pair("returning", "1")));
}

TEST(KpiCatalogueTest, CampaignsHaveAReachAndEachStepOfTheirFollowUp) {
  SmallEngine small;
  std::vector<std::string> events;
  for (int i = 0; i < 4; ++i) {
    events.push_back(Of(i, 82, "campaign_id: 'spring' webinar { action: ATTENDED minutes: 40 }"));
  }
  events.push_back(Of(4, 82, "campaign_id: 'spring' email { action: OPENED }"));
  for (int i = 0; i < 3; ++i) events.push_back(Of(i, 105, kCall));
  for (int i = 0; i < 2; ++i) {
    events.push_back(Of(i, 110, "team: SALES meeting { action: HELD meeting_id: 'm' }"));
  }
  events.push_back(
      Deal(0, 120,
           "opportunity_opened { fields { stage_id: 'discovery' " + Money("amount", 70) + "} }"));
  events.push_back(Deal(0, 130, "opportunity_closed { outcome: WON }"));
  small.Given(events);
  ExpectValues(small, {{"campaign_reach", "5"},
                       {"campaign_responses", "4"},
                       {"campaign_contacted", "0.75"},
                       {"campaign_met", "0.5"},
                       {"campaign_opportunity", "0.25"},
                       {"campaign_won", "0.25"},
                       {"campaign_deals_influenced", "1"},
                       {"campaign_bookings_influenced", "70"}});
  Question contact{"campaign_met"};
  contact.by = "contact";
  EXPECT_THAT(Slices(small, contact),
              ElementsAre(std::pair("in_time", "0.666666667"), std::pair("never", "0")));
}

TEST(KpiCatalogueTest, ContentIsUsedAndWhatItReachedIsWonOrNot) {
  SmallEngine small;
  const std::string used = "team: SALES content_used { content_id: 'roi' type: CASE_STUDY }";
  small.Given({Of(0, 10, used), Of(0, 11, used), Of(1, 12, used),
               Deal(0, 20, "opportunity_opened { fields { stage_id: 'discovery' } }"),
               Deal(0, 30, "opportunity_closed { outcome: WON }")});
  ExpectValues(small, {{"content_uses", "3"}, {"content_won", "0.5"}});
  EXPECT_EQ(Answer(small, {"content_won"}).points(0).n(), "2");
}

}  // namespace
}  // namespace revops::test
