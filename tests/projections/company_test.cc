#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using View = v1::CompanyView;
using Dims = std::map<std::string, std::string>;

constexpr int128 kUnit = 1'000'000;

int64_t StartOf(const std::string& day) { return int64_t{*ParseDay(day)} * kMicrosPerDay; }

std::string On(const std::string& day, const std::string& rest,
               const std::string& subject = "kind: COMPANY value: 'us'") {
  return absl::StrCat("occurred_at: ", StartOf(day), " subject { ", subject, " } ", rest);
}
std::string Days(const std::string& from, const std::string& to) {
  return absl::StrCat(" from_day: ", StartOf(from), " to_day: ", StartOf(to), " ");
}
std::string Euros(const std::string& field, int units, int nanos = 0) {
  return absl::StrCat(field, " { currency_code: 'EUR' units: ", units, " nanos: ", nanos, " } ");
}

int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }
int64_t MicrosOn(const ProjectionDriver& views, const char* day, const char* measure,
                 const Dims& dims) {
  return AsInt(views.SumOn(*ParseDay(day), measure, dims));
}

const Dims kEuro = {{"currency", "EUR"}};

TEST(CompanyTest, SpendIsSpreadOverItsDaysToTheCent) {
  ProjectionDriver views;
  views.Given({On("2024-03-01",
                  "spend { team: MARKETING motion: NEW category: MEDIA campaign_id: "
                  "'c1' channel: 'paid_social' impressions: 7 clicks: 2" +
                      Days("2024-03-01", "2024-03-04") + Euros("amount", 100) + "}")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  EXPECT_EQ(MicrosOn(views, "2024-03-01", "spend_amount", kEuro), 33'340'000);
  EXPECT_EQ(MicrosOn(views, "2024-03-02", "spend_amount", kEuro), 33'330'000);
  EXPECT_EQ(MicrosOn(views, "2024-03-03", "spend_amount", kEuro), 33'330'000);
  EXPECT_EQ(AsInt(views.Sum("spend_amount", kEuro) / kUnit), 100);
  for (const auto& [dimension, value] : Dims{{"team", "marketing"},
                                             {"motion", "new"},
                                             {"category", "media"},
                                             {"campaign", "c1"},
                                             {"channel", "paid_social"}}) {
    EXPECT_EQ(AsInt(views.Sum("spend_amount", {{"currency", "EUR"}, {dimension, value}}) / kUnit),
              100)
        << dimension;
  }
  EXPECT_EQ(AsInt(views.Sum("paid_impressions", {{"campaign", "c1"}})), 7);
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-03-03"), "paid_clicks")), 0);
  EXPECT_EQ(AsInt(views.Sum("budget_amount", kEuro)), 0);
}

TEST(CompanyTest, BudgetIsApartFromSpendAndWhatLiesBelowACentIsKept) {
  ProjectionDriver views;
  views.Given({On("2024-03-05", "spend { budget: true " + Euros("amount", 40) + "}"),
               On("2024-03-05", "spend { " + Euros("amount", 12, 345'600'000) + "}")});
  EXPECT_EQ(MicrosOn(views, "2024-03-05", "budget_amount", kEuro), 40'000'000);
  EXPECT_EQ(MicrosOn(views, "2024-03-05", "spend_amount", kEuro), 12'345'600);
  const View row = *views.Get<View>(Id(v1::COMPANY, "", "us"));
  EXPECT_EQ(row.what(), "company");
  EXPECT_EQ(row.spent(0).nanos(), 345'600'000);
  EXPECT_EQ(row.budgeted(0).units(), 40);
}

TEST(CompanyTest, AQuotaIsProratedByDayAndApartFromTheCompanysTarget) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", "target { kpi: 'bookings' " + Days("2024-01-01", "2024-04-01") +
                                    Euros("amount", 910) + "}"),
               // Hired in the middle of the quarter.
               On("2024-01-02", "target { kpi: 'bookings' owners: 'amy' " +
                                    Days("2024-02-15", "2024-04-01") + Euros("amount", 460) + "}"),
               On("2024-01-02", "target { kpi: 'bookings' slice { name: 'region' text: 'emea' } " +
                                    Days("2024-01-01", "2024-04-01") + Euros("amount", 300) + "}"),
               On("2024-01-02",
                  "target { kpi: 'leads' count: 91 " + Days("2024-01-01", "2024-04-01") + "}")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Dims whole = {{"currency", "EUR"}, {"kpi", "bookings"}, {"slice", ""}};
  EXPECT_EQ(AsInt(views.Sum("target_amount", whole) / kUnit), 910);
  EXPECT_EQ(MicrosOn(views, "2024-03-31", "target_amount", whole), 10'000'000);
  const Dims amy = {{"currency", "EUR"}, {"kpi", "bookings"}, {"owner", "amy"}};
  EXPECT_EQ(MicrosOn(views, "2024-02-14", "quota_amount", amy), 0);
  EXPECT_EQ(MicrosOn(views, "2024-02-15", "quota_amount", amy), 10'000'000);
  EXPECT_EQ(AsInt(views.Sum("quota_amount", amy) / kUnit), 460);
  EXPECT_EQ(AsInt(views.Sum("target_amount",
                            {{"currency", "EUR"}, {"kpi", "bookings"}, {"slice", "region=emea"}}) /
                  kUnit),
            300);
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-02-29"), "target_count",
                              {{"kpi", "leads"}, {"slice", ""}})),
            1);
}

TEST(CompanyTest, ATargetToldAgainReplacesTheOneBefore) {
  ProjectionDriver views;
  const std::string start = "target { kpi: 'bookings' " + Days("2024-01-01", "2024-02-01");
  views.Given({On("2024-01-02", start + Euros("amount", 310) + "}"),
               On("2024-01-20", start + Euros("amount", 620) + "}")});
  const Dims whole = {{"currency", "EUR"}, {"kpi", "bookings"}, {"slice", ""}};
  EXPECT_EQ(AsInt(views.Sum("target_amount", whole) / kUnit), 620);
  EXPECT_EQ(views.List("company", "targets").size(), 1u);
}

TEST(CompanyTest, RatesAreDatedAndPlanRatesApart) {
  ProjectionDriver views;
  const auto rate = [](int64_t rate_e9, bool plan = false) {
    return absl::StrCat("exchange_rate { from_currency: 'USD' to_currency: 'EUR' rate_e9: ",
                        rate_e9, " plan: ", plan ? "true" : "false", " }");
  };
  views.Given({On("2024-01-01", rate(900'000'000)), On("2024-01-01", rate(920'000'000, true)),
               On("2024-02-01", rate(900'000'000)), On("2024-03-01", rate(910'000'000)),
               On("2024-03-02", rate(0))});
  EXPECT_THAT(views.dead_letters(), ElementsAre(HasSubstr("rate_e9 is 0")));
  const View usd = *views.Get<View>(Id(v1::OTHER, "exchange_rate", "USD/EUR"));
  ASSERT_EQ(usd.rates_size(), 2);
  EXPECT_EQ(usd.rates(0).from(), StartOf("2024-01-01"));
  EXPECT_EQ(usd.rates(1).from(), StartOf("2024-03-01"));
  EXPECT_EQ(usd.rates(1).rate_e9(), 910'000'000);
  EXPECT_THAT(views.List("company", "exchange_rates"), ElementsAre("USD/EUR", "USD/EUR plan"));
}

TEST(CompanyTest, AnOwnerBelongsToOneTeamAtATimeATerritoryToOneOwner) {
  ProjectionDriver views;
  const std::string amy = "kind: OWNER value: 'amy'";
  const std::string north = "kind: TERRITORY value: 'north'";
  views.Given({On("2024-01-01", "membership { owner: 'amy' team: 'emea' }", amy),
               On("2024-04-01", "membership { owner: 'amy' team: 'apac' }", amy),
               On("2024-06-01", "membership { owner: 'amy' ended: true }", amy),
               On("2024-01-01", "territory { name: 'North' owner: 'amy' }", north),
               On("2024-02-01", "territory { name: 'The North' owner: 'amy' }", north),
               On("2024-03-01", "territory { name: 'North' owner: 'bob' }", north)});
  const View owner = *views.Get<View>(Id(v1::OWNER, "", "amy"));
  ASSERT_EQ(owner.held_size(), 2);
  EXPECT_EQ(owner.held(0).team(), "emea");
  EXPECT_EQ(owner.held(0).until(), StartOf("2024-04-01"));
  EXPECT_EQ(owner.held(1).until(), StartOf("2024-06-01"));
  const View territory = *views.Get<View>(Id(v1::TERRITORY, "", "north"));
  ASSERT_EQ(territory.held_size(), 2);
  EXPECT_EQ(territory.held(0).owner(), "amy");
  EXPECT_EQ(territory.held(0).until(), StartOf("2024-03-01"));
  EXPECT_EQ(territory.held(1).owner(), "bob");
}

TEST(CompanyTest, ADecisionIsOverdueUntilItIsDone) {
  ProjectionDriver views;
  const auto decision = [](bool done) {
    return absl::StrCat("decision { text: 'call webinar guests' owner: 'amy' due_at: ",
                        StartOf("2024-01-15"), " done: ", done ? "true" : "false", " }");
  };
  const Id id(v1::OTHER, "decision", "amy call webinar guests");
  views.Given({On("2024-01-08", decision(false))});
  EXPECT_FALSE(views.Get<View>(id, StartOf("2024-01-14"))->overdue());
  EXPECT_TRUE(views.Get<View>(id, StartOf("2024-01-15"))->overdue());
  views.Given({On("2024-01-16", decision(true))});
  EXPECT_FALSE(views.Get<View>(id, StartOf("2024-01-20"))->overdue());
  EXPECT_EQ(views.Get<View>(id)->decided_at(), StartOf("2024-01-08"));
}

TEST(CompanyTest, DaysThatEndBeforeTheyBeginAreRefusedInWords) {
  ProjectionDriver views;
  views.Given(
      {On("2024-03-01", "spend { " + Days("2024-03-04", "2024-03-01") + Euros("amount", 100) + "}"),
       On("2024-03-01", "spend { " + Days("2024-03-04", "2044-03-01") + Euros("amount", 100) + "}"),
       On("2024-03-01", "spend {}")});
  EXPECT_THAT(views.dead_letters(),
              ElementsAre(HasSubstr("to_day is 2024-03-01, not after from_day, 2024-03-04"),
                          HasSubstr("give at most 3660"), HasSubstr("currency")));
  EXPECT_EQ(AsInt(views.Sum("spend_amount", kEuro)), 0);
}

TEST(CompanyTest, MarketSizeIsSpreadOverItsPeriod) {
  ProjectionDriver views;
  views.Given(
      {On("2024-01-01", "market_size { market: 'software' " + Days("2024-01-01", "2025-01-01") +
                            Euros("amount", 366) + Euros("largest_rival", 36, 600'000'000) + "}")});
  const Dims software = {{"currency", "EUR"}, {"market", "software"}};
  EXPECT_EQ(MicrosOn(views, "2024-12-31", "market_amount", software), 1'000'000);
  EXPECT_EQ(MicrosOn(views, "2024-12-31", "market_rival_amount", software), 100'000);
}

TEST(CompanyTest, AMembersEndIsNobodyElsesAndATerritoryMayBeNobodys) {
  const std::string emea = "kind: TEAM_ENTITY value: 'emea'";
  const std::string north = "kind: TERRITORY value: 'north'";
  ProjectionDriver views;
  views.Given({On("2024-01-01", "membership { owner: 'amy' team: 'emea' }", emea),
               On("2024-01-02", "membership { owner: 'bob' team: 'emea' }", emea),
               On("2024-03-01", "membership { owner: 'amy' ended: true }", emea),
               On("2024-01-01", "territory { name: 'North' owner: 'amy' }", north),
               On("2024-02-01", "territory { name: 'North' }", north)});
  const View team = *views.Get<View>(Id(v1::TEAM_ENTITY, "", "emea"));
  ASSERT_EQ(team.held_size(), 2);
  EXPECT_EQ(team.held(0).until(), StartOf("2024-03-01"));
  EXPECT_EQ(team.held(1).until(), 0);
  const View territory = *views.Get<View>(Id(v1::TERRITORY, "", "north"));
  ASSERT_EQ(territory.held_size(), 1);
  EXPECT_EQ(territory.held(0).until(), StartOf("2024-02-01"));
}

TEST(CompanyTest, WhatIsNoTargetAndNoSpendIsRefusedInWords) {
  ProjectionDriver views;
  const std::string days = Days("2024-01-01", "2024-02-01") + Euros("amount", 31);
  views.Given({On("2024-01-02", "target { " + days + "}"),
               On("2024-01-02", "target { kpi: 'k' slice { name: 's' number: 1 } " + days + "}"),
               On("2024-01-02", "spend { clicks: -1 " + Euros("amount", 1) + "}"),
               On("2024-01-02", "spend { impressions: -1 " + Euros("amount", 1) + "}")});
  EXPECT_THAT(views.dead_letters(),
              ElementsAre(HasSubstr("set target.kpi"), HasSubstr("is no text"),
                          HasSubstr("count up from 0"), HasSubstr("count up from 0")));
}

TEST(CompanyTest, ATargetOfAnOwnersSliceIsNoQuotaAndASlicesPartsHaveNoOrder) {
  const std::string start = "target { kpi: 'bookings' owners: 'amy' " +
                            Days("2024-01-01", "2024-02-01") + Euros("amount", 31);
  const std::string region = " slice { name: 'region' text: 'emea' } ";
  const std::string motion = " slice { name: 'motion' text: 'new' } ";
  ProjectionDriver views;
  views.Given({On("2024-01-02", start + region + motion + "}"),
               On("2024-01-03", start + motion + region + "}")});
  EXPECT_EQ(AsInt(views.Sum("quota_amount", {{"currency", "EUR"}, {"kpi", "bookings"}})), 0);
  EXPECT_EQ(AsInt(views.Sum("target_amount", {{"currency", "EUR"},
                                              {"kpi", "bookings"},
                                              {"slice", "motion=new, region=emea"}}) /
                  kUnit),
            31);
}

TEST(CompanyTest, AMarketToldAgainReplacesTheOneBeforeAndOfTwoRatesOfAnInstantTheLastStands) {
  const std::string market = "market_size { market: 'software' " + Days("2024-01-01", "2025-01-01");
  const auto rate = [](int64_t rate_e9) {
    return absl::StrCat(
        "exchange_rate { from_currency: 'USD' to_currency: 'EUR' rate_e9: ", rate_e9, " }");
  };
  ProjectionDriver views;
  views.Given({On("2024-01-01", market + Euros("amount", 366) + "}"),
               On("2024-02-01", market + Euros("amount", 732) + "}"),
               On("2024-01-01", rate(900'000'000)), On("2024-01-01", rate(910'000'000))});
  EXPECT_EQ(
      AsInt(views.Sum("market_amount", {{"currency", "EUR"}, {"market", "software"}}) / kUnit),
      732);
  const View usd = *views.Get<View>(Id(v1::OTHER, "exchange_rate", "USD/EUR"));
  ASSERT_EQ(usd.rates_size(), 1);
  EXPECT_EQ(usd.rates(0).rate_e9(), 910'000'000);
}

TEST(CompanyTest, ADecisionTakenAnewIsDatedAnewAndOneWithoutADateIsNeverOverdue) {
  const auto decision = [](bool done) {
    return absl::StrCat("decision { text: 'meet' owner: 'amy' done: ", done ? "true" : "false",
                        " }");
  };
  const Id id(v1::OTHER, "decision", "amy meet");
  ProjectionDriver views;
  views.Given({On("2024-01-08", decision(false)), On("2024-01-10", decision(true))});
  EXPECT_EQ(views.Get<View>(id)->decided_at(), StartOf("2024-01-08"));
  views.Given({On("2024-02-01", decision(false))});
  EXPECT_EQ(views.Get<View>(id)->decided_at(), StartOf("2024-02-01"));
  EXPECT_FALSE(views.Get<View>(id, StartOf("2025-01-01"))->overdue());
}

TEST(CompanyTest, ADeletedCampaignIsInNoList) {
  const std::string spring = "kind: CAMPAIGN value: 'spring'";
  ProjectionDriver views;
  views.Given({On("2024-01-01", "campaign { name: 'Spring' }", spring)});
  EXPECT_EQ(views.List("company", "campaigns").size(), 1u);
  views.Given({On("2024-01-02", "entity_deleted { entity { " + spring + " } }", spring)});
  EXPECT_THAT(views.List("company", "campaigns"), IsEmpty());
}

}  // namespace
}  // namespace revops::test
