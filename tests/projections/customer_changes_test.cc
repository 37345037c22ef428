#include "gtest/gtest.h"
#include "tests/projections/customer_kit.h"

namespace revops::test {
namespace {

TEST(CustomerChangesTest, AnAmountThatChangesAfterTheWinIsNoSecondWin) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", Opened("d1", "AE")), On("2024-01-30", Won("d1")),
               On("2024-02-02",
                  DealOf("d1", "opportunity_changed { fields { " + Money("amount", 9) + " } }"))});
  EXPECT_EQ(views.Get<View>(Account())->won_deals(), 1);
  EXPECT_EQ(AsInt(views.Sum("later_wins", {{"customer", "account:crm:acme"}})), 0);
}

TEST(CustomerChangesTest, ATrialIsNoWinAndAChangeThatNamesNoAmountLeavesIt) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "subscription { action: STARTED subscription_id: 'a' trial: true " +
                                    Money("monthly_amount", 50) + "}")});
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 0);
  EXPECT_EQ(AsInt(views.Sum("mrr", kEuros)), 0);
  views.Given({On("2024-02-01", Pays("a", 100)), On("2024-02-01", Pays("a", 120)),
               On("2024-03-01", "subscription { action: CHANGED subscription_id: 'a' seats: 7 }")});
  EXPECT_EQ(AsInt(views.Sum("mrr", kEuros) / kUnit), 120);
  const View row = *views.Get<View>(Account());
  EXPECT_EQ(row.subscriptions(0).seats(), 7);
  // What was said of a day again replaces what was said of it.
  ASSERT_EQ(row.subscriptions(0).steps_size(), 2);
  EXPECT_EQ(row.subscriptions(0).steps(1).amount().units(), 120);
}

TEST(CustomerChangesTest, ManyChangesOfASubscriptionAreKeptAsTheirFirstAndTheirLast) {
  ProjectionDriver views;
  views.Given({On("2022-01-10", Pays("a", 100)), On("2022-02-10", Pays("a", 110)),
               On("2022-03-10", Pays("a", 120)), On("2022-04-10", Pays("a", 130)),
               On("2022-06-30", Ends("a"))});
  EXPECT_EQ(views.Get<View>(Account())->wins_size(), 2);
  EXPECT_EQ(views.Get<View>(Account())->last_win_at(), InstantOf("2022-04-10"));
  // What made a new customer again is kept whatever comes after.
  views.Given({On("2023-07-01", Pays("b", 100)), On("2023-08-01", Pays("b", 120)),
               On("2023-09-01", Pays("b", 130))});
  EXPECT_EQ(views.Get<View>(Account())->new_at(), InstantOf("2023-07-01"));
  EXPECT_EQ(views.Get<View>(Account())->wins_size(), 4);
}

TEST(CustomerChangesTest, AWinThatMadeANewCustomerAgainIsCountedOnceWhateverReopensBeforeIt) {
  ProjectionDriver views;
  views.Given({On("2021-01-10", Pays("a", 100)), On("2021-02-01", Opened("d1", "AE")),
               On("2021-02-01", Opened("d2", "AE")), On("2021-05-01", Won("d1")),
               On("2021-06-30", Ends("a")), On("2022-07-01", Won("d2"))});
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 2);
  views.Given({On("2022-08-01", Reopened("d1"))});
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 2);
}

TEST(CustomerChangesTest, ALaterWinThatReopensIsTakenBackThatDay) {
  ProjectionDriver views;
  const Dims acme = {{"customer", "account:crm:acme"}};
  const auto on = [&](const std::string& day) {
    return AsInt(views.SumOn(*ParseDay(day), "later_wins", acme));
  };
  views.Given({On("2024-01-02", Opened("d1", "AE")), On("2024-01-02", Opened("d2", "AE")),
               On("2024-01-30", Won("d1")), On("2024-03-01", Won("d2")),
               On("2024-04-01", Reopened("d2"))});
  EXPECT_EQ(on("2024-03-01"), 1);
  EXPECT_EQ(on("2024-04-01"), -1);
  EXPECT_EQ(
      AsInt(views.Sum("later_wins", {{"customer", "account:crm:acme"}, {"won_on", "2024-03-01"}})),
      0);
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 1);
  // The later one that makes the new customer, now that the first is none, is no later one.
  views.Given({On("2024-05-01", Won("d2")), On("2024-06-01", Reopened("d1"))});
  EXPECT_EQ(on("2024-05-01"), 1);
  EXPECT_EQ(on("2024-06-01"), -1);
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 1);
}

TEST(CustomerChangesTest, DeletedTwiceIsDeletedOnce) {
  const std::string acme = "{ entity { kind: ACCOUNT namespace: 'crm' value: 'acme' } }";
  ProjectionDriver views;
  views.Given({On("2024-01-05", Pays("a", 100)), On("2024-02-10", "entity_deleted " + acme),
               On("2024-02-12", "entity_deleted " + acme)});
  EXPECT_EQ(AsInt(views.Sum("mrr", kEuros)), 0);
}

TEST(CustomerChangesTest, ARenewalToldAgainWithoutAnAmountHasNoneAndTicketsCloseNoLowerThanNone) {
  const auto renewal = [](const std::string& amount) {
    return absl::StrCat("renewal_due { due_at: ", InstantOf("2024-06-01"), " ", amount, " }");
  };
  ProjectionDriver views;
  views.Given({On("2024-01-05", renewal(Money("amount", 50))), On("2024-01-06", renewal("")),
               On("2024-01-07", "ticket { action: CLOSED ticket_id: 't' }"),
               On("2024-01-08", "ticket { action: CLOSED ticket_id: 'u' satisfaction: 4 }")});
  EXPECT_EQ(AsInt(views.Sum("renewals_due")), 1);
  EXPECT_EQ(AsInt(views.Sum("renewals_due_amount", kEuros)), 0);
  EXPECT_EQ(views.Get<View>(Account())->tickets_open(), 0);
  EXPECT_EQ(AsInt(views.Sum("ticket_satisfaction_answers")), 1);
}

TEST(CustomerChangesTest, OrdersOfADealExpandOnlyIfTheDealDoes) {
  for (const auto& [motion, expansions] :
       {std::pair<std::string, int>{"NEW", 0}, {"RENEWAL", 0}, {"EXPANSION", 1}}) {
    ProjectionDriver views;
    views.Given(
        {On("2024-01-01", Order(10, "products { line: 'core' }")),
         On("2024-01-02", DealOf("d1", "opportunity_opened { fields { motion: " + motion + " } }")),
         On("2024-01-30", Won("d1")),
         On("2024-02-05", DealOf("d1", Order(10, "products { line: 'core' }")))});
    EXPECT_EQ(AsInt(views.Sum("expansion_orders", {{"kind", "upsell"}})), expansions) << motion;
  }
}

TEST(CustomerChangesTest, AnOrdersAmountGoesToItsLinesAsFarAsTheySayTheirs) {
  const auto line = [](const ProjectionDriver& views, const char* name) {
    return AsInt(views.Sum("ordered_amount", {{"currency", "EUR"}, {"line", name}}) / kUnit);
  };
  ProjectionDriver views;
  views.Given(
      {On("2024-01-05",
          Order(100, "products { product_id: 'p1' " + Money("amount", 60) +
                         "} products { line: 'mail' amount { currency_code: 'USD' units: 9 } }"))});
  EXPECT_EQ(line(views, "p1"), 60);
  EXPECT_EQ(line(views, "mail"), 0);
  EXPECT_EQ(line(views, ""), 40);
}

TEST(CustomerChangesTest, ACustomerOfAPeriodsFirstDayWasNoneAtItsStartAndOneThatReturnsIsKept) {
  ProjectionDriver views(ModelWith("grace_days: 10"));
  views.Given({On("2023-06-01", Pays("a", 100)), On("2023-06-10", Pays("a", 50))});
  EXPECT_EQ(AsInt(views.Sum("mrr_kept_lost_month", kEuros)), 0);
  views.Given({On("2024-02-01", Ends("a")), On("2024-08-01", Pays("a", 50))});
  const auto lost = [&](const char* measure) { return AsInt(views.Sum(measure)); };
  EXPECT_EQ(lost("customers_kept_lost_quarter"), 1);
  EXPECT_EQ(lost("customers_kept_lost_year"), 0);
}

TEST(CustomerChangesTest, RevenueThatComesBackOnTheLastDayOfTheGraceNeverLeft) {
  for (const auto& [day, churned] : {std::pair<std::string, int>{"2024-02-11", 0},
                                     std::pair<std::string, int>{"2024-02-12", 1}}) {
    ProjectionDriver views(ModelWith("grace_days: 10"));
    views.Given(
        {On("2024-01-01", Pays("a", 100)), On("2024-02-01", Ends("a")), On(day, Pays("a", 100))});
    EXPECT_EQ(AsInt(views.Sum("paying_customer_changes", {{"kind", "churn"}})), churned) << day;
  }
}

}  // namespace
}  // namespace revops::test
