#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/customer_kit.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Published {
  const char* name;
  int start, expansion, contraction, churn;
  int net_percent, gross_percent;
};

class RetentionTest : public ::testing::TestWithParam<Published> {};

// Three customers of a start: one grows, one shrinks, one leaves; a fourth is new.
TEST_P(RetentionTest, IsWhatIsPublished) {
  const Published& p = GetParam();
  ProjectionDriver views;
  const int grows = (p.start - p.churn) / 2;
  const int shrinks = p.start - p.churn - grows;
  views.Given({On("2024-01-10", Pays("a", grows), "grows"),
               On("2024-01-11", Pays("b", shrinks), "shrinks"),
               On("2024-01-12", Pays("c", p.churn), "leaves"),
               On("2024-04-05", Pays("a", grows + p.expansion), "grows"),
               On("2024-04-06", Pays("b", shrinks - p.contraction), "shrinks"),
               On("2024-04-20", Ends("c"), "leaves"), On("2024-04-21", Pays("d", 55), "new")});
  for (const char* grain : {"month", "quarter"}) {
    const Between period(views, "2024-04-01", "2024-05-01");
    const int64_t start = period.Opening("mrr");
    EXPECT_EQ(start, p.start);
    EXPECT_EQ((start + period.Units(absl::StrCat("mrr_kept_change_", grain))) * 100,
              p.net_percent * start);
    EXPECT_EQ((start - period.Units(absl::StrCat("mrr_kept_lost_", grain))) * 100,
              p.gross_percent * start);
    EXPECT_EQ(period.Count(absl::StrCat("customers_kept_lost_", grain)), 1);
  }
  const Between april(views, "2024-04-01", "2024-05-01");
  const auto kind = [](const char* name) { return Dims{{"currency", "EUR"}, {"kind", name}}; };
  EXPECT_EQ(april.Units("mrr_change", kind("expansion")), p.expansion);
  EXPECT_EQ(april.Units("mrr_change", kind("contraction")), -p.contraction);
  EXPECT_EQ(april.Units("mrr_change", kind("churn")), -p.churn);
  EXPECT_EQ(april.Units("mrr_change", kind("new")), 55);
  EXPECT_EQ(april.Count("paying_customer_changes", {{"kind", "churn"}}), 1);
}

// Source: definitions.md §2, NRR and GRR.
INSTANTIATE_TEST_SUITE_P(Definitions, RetentionTest,
                         ::testing::Values(Published{"of two hundred", 200, 20, 6, 4, 105, 95},
                                           Published{"of one hundred", 100, 18, 6, 9, 103, 85},
                                           Published{"with churn", 100, 15, 5, 8, 102, 87}),
                         [](const auto& info) { return absl::StrCat("Example", info.index); });

TEST(CustomerTest, GrossRetentionIsCappedAtWhatEachCustomerPaidAtTheStart) {
  ProjectionDriver views;
  views.Given({On("2024-01-10", Pays("a", 100)), On("2024-04-05", Pays("a", 150)),
               On("2024-05-05", Pays("a", 90)), On("2024-06-05", Pays("a", 120))});
  EXPECT_EQ(Between(views, "2024-04-01", "2024-07-01").Units("mrr_kept_lost_quarter"), 0);
  // To the end of May: 90 of 100. In May alone: 90 of 150.
  EXPECT_EQ(Between(views, "2024-04-01", "2024-06-01").Units("mrr_kept_lost_quarter"), 10);
  EXPECT_EQ(Between(views, "2024-05-01", "2024-06-01").Units("mrr_kept_lost_month"), 60);
  EXPECT_EQ(Between(views, "2024-06-01", "2024-07-01").Units("mrr_kept_change_month"), 30);
}

TEST(CustomerTest, RevenueCountsFromItsEffectiveDayWhateverTheOrderOfTelling) {
  const auto effective = [](const char* day, int monthly) {
    return absl::StrCat("subscription { action: CHANGED subscription_id: 'a' effective_date: ",
                        InstantOf(day), " ", Money("monthly_amount", monthly), "}");
  };
  ProjectionDriver views;
  views.Given({On("2024-01-10", effective("2024-02-01", 100)),
               On("2024-01-20", effective("2024-04-01", 300)),
               On("2024-01-25", effective("2024-03-01", 200))});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  for (const auto& [day, change] :
       std::map<std::string, int>{{"2024-02-01", 100}, {"2024-03-01", 100}, {"2024-04-01", 100}}) {
    EXPECT_EQ(AsInt(views.SumOn(*ParseDay(day), "mrr", kEuros) / kUnit), change) << day;
  }
  const auto paid = [&](const char* day) {
    const View row = *views.Get<View>(Account(), InstantOf(day));
    return row.active() ? row.recurring(0).units() : 0;
  };
  EXPECT_EQ(paid("2024-01-31"), 0);
  EXPECT_EQ(paid("2024-02-01"), 100);
  EXPECT_EQ(paid("2024-03-15"), 200);
  EXPECT_EQ(paid("2024-12-01"), 300);
}

TEST(CustomerTest, WhoComesBackWithinTheGraceNeverLeft) {
  const auto kind = [](const char* name) { return Dims{{"kind", name}}; };
  const std::vector<std::string> history = {On("2024-01-10", Pays("a", 100)),
                                            On("2024-03-20", Ends("a")),
                                            On("2024-04-15", Pays("b", 120))};
  ProjectionDriver grace(ModelWith("grace_days: 30"));
  grace.Given(history);
  EXPECT_EQ(AsInt(grace.Sum("paying_customer_changes", kind("churn"))), 0);
  EXPECT_EQ(AsInt(grace.Sum("paying_customer_changes", kind("return"))), 0);
  EXPECT_EQ(Between(grace, "2024-03-01", "2024-04-01").Units("mrr"), 0);
  EXPECT_EQ(Between(grace, "2024-04-01", "2024-05-01").Units("mrr"), 20);

  ProjectionDriver none(ModelWith("grace_days: 10"));
  none.Given(history);
  EXPECT_EQ(AsInt(none.Sum("paying_customer_changes", kind("churn"))), 1);
  EXPECT_EQ(AsInt(none.Sum("paying_customer_changes", kind("return"))), 1);
  EXPECT_EQ(Between(none, "2024-03-01", "2024-04-01").Units("mrr_kept_lost_month"), 100);
  // It was no customer at the start of April: the return keeps nothing.
  EXPECT_EQ(Between(none, "2024-04-01", "2024-05-01").Units("mrr_kept_change_month"), 0);
  EXPECT_EQ(Between(none, "2024-01-01", "2024-05-01").Units("mrr"), 120);
}

TEST(CustomerTest, AYearWithoutRecurringRevenueMakesANewCustomerAgain) {
  ProjectionDriver views;
  views.Given({On("2022-01-10", Pays("a", 100)), On("2022-06-30", Ends("a")),
               On("2023-06-29", Pays("b", 100), "early"), On("2023-06-30", Pays("b", 100))});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2022-01-10"), "new_customers")), 1);
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2023-06-30"), "new_customers")), 1);
  EXPECT_EQ(AsInt(views.Sum("paying_customer_changes", {{"kind", "return"}})), 0);

  ProjectionDriver sooner;
  sooner.Given({On("2022-01-10", Pays("a", 100)), On("2022-06-30", Ends("a")),
                On("2023-06-29", Pays("b", 100))});
  EXPECT_EQ(AsInt(sooner.Sum("new_customers")), 1);
  EXPECT_EQ(AsInt(sooner.Sum("paying_customer_changes", {{"kind", "return"}})), 1);
}

std::string Deal(const std::string& rest) {
  return "subject { kind: OPPORTUNITY namespace: 'crm' value: 'd1' } " + rest;
}

TEST(CustomerTest, ADealItsOrderAndItsSubscriptionMakeOneNewCustomer) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", Deal("opportunity_opened { fields { sourced_by: SOURCED_SDR } }")),
               On("2024-01-30", Deal("opportunity_closed { outcome: WON }")),
               On("2024-02-01", Order(1200)), On("2024-02-02", Pays("a", 100))});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 1);
  EXPECT_EQ(AsInt(views.Sum("new_customers", {{"by", "deal"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("new_customers", {{"sourced_by", "sdr"}})), 1);
  const View row = *views.Get<View>(Account());
  EXPECT_EQ(row.cohort(), "2024-01");
  EXPECT_EQ(AsInt(views.Sum("mrr", {{"currency", "EUR"}, {"cohort", "2024-01"}}) / kUnit), 100);
}

TEST(CustomerTest, AReopenedFirstDealTakesItsCustomerBackOnTheDayItReopens) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", Deal("opportunity_opened {}")),
               On("2024-01-30", Deal("opportunity_closed { outcome: WON }")),
               On("2024-03-01", Deal("opportunity_reopened {}"))});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-01-30"), "new_customers")), 1);
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-03-01"), "new_customers")), -1);
  EXPECT_EQ(views.Get<View>(Account())->cohort(), "");
}

// Source: definitions.md §5, the RFM oracle of lifetimes' quick start.
TEST(CustomerTest, PurchasesGiveTheQuickStartsFrequencyRecencyAndAge) {
  ProjectionDriver views;
  std::vector<std::string> history;
  for (const char* day : {"2014-03-14", "2014-04-01", "2014-05-01", "2014-05-11", "2014-06-21",
                          "2014-07-01", "2014-08-03"}) {
    history.push_back(On(day, Order(10)));
    history.push_back(On(day, Order(5)));
  }
  views.Given(history);
  const View row = *views.Get<View>(Account(), InstantOf("2014-12-31"));
  EXPECT_EQ(row.frequency(), 6);
  EXPECT_EQ(row.recency_days(), 142);
  EXPECT_EQ(row.age_days(), 292);
  EXPECT_EQ(row.ordered(0).units(), 105);
  EXPECT_EQ(row.ordered_first_day(0).units(), 15);
  EXPECT_EQ(AsInt(views.Sum("orders")), 14);
  EXPECT_EQ(AsInt(views.Sum("purchase_days")), 7);
  EXPECT_EQ(AsInt(views.Sum("repeat_customers")), 1);
}

TEST(CustomerTest, BilledIsOrderedLessRefundedAndApartFromInvoicesAndRecurring) {
  ProjectionDriver views;
  views.Given({On("2024-02-01", Order(1200)),
               On("2024-02-03", "refund { reason: 'credit' " + Money("amount", 200) + "}"),
               On("2024-02-04", "invoice { " + Money("amount", 900) + "}"),
               On("2024-02-05", "payment { " + Money("amount", 800) + "}"),
               On("2024-02-06", Pays("a", 100))});
  const View row = *views.Get<View>(Account());
  EXPECT_EQ(row.billed(0).units(), 1000);
  EXPECT_EQ(row.invoiced(0).units(), 900);
  EXPECT_EQ(row.paid(0).units(), 800);
  EXPECT_EQ(row.recurring(0).units(), 100);
  EXPECT_EQ(AsInt(views.Sum("ordered_amount", kEuros) / kUnit), 1200);
  EXPECT_EQ(AsInt(views.Sum("refunded_amount", kEuros) / kUnit), 200);
  EXPECT_EQ(AsInt(views.Sum("mrr", kEuros) / kUnit), 100);
}

TEST(CustomerTest, ANewProductLineIsCrossSellAKnownOneUpsellACustomerCountsOnceAPeriod) {
  const auto line = [](const char* name) {
    return absl::StrCat("products { line: '", name, "' quantity: 1 }");
  };
  ProjectionDriver views;
  views.Given({On("2024-01-05", Order(100, line("core"))),
               On("2024-02-05", Order(100, line("core"))),
               On("2024-02-06", Order(100, line("analytics"))),
               On("2024-03-06", Order(100, line("mail")))});
  EXPECT_EQ(AsInt(views.Sum("expansion_orders", {{"kind", "cross_sell"}})), 2);
  EXPECT_EQ(AsInt(views.Sum("expansion_orders", {{"kind", "upsell"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("cross_sell_customers_month")), 2);
  EXPECT_EQ(AsInt(views.Sum("cross_sell_customers_quarter")), 1);
  EXPECT_EQ(AsInt(views.Sum("upsell_customers_quarter")), 1);
  EXPECT_EQ(AsInt(views.Sum("ordered_amount", {{"currency", "EUR"}, {"line", "core"}}) / kUnit),
            200);
}

TEST(CustomerTest, MalformedMoneyAndMissingActionsAreRefusedAndLeaveNothing) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", "order {}"),
               On("2024-01-06", "subscription { subscription_id: 'a' }"),
               On("2024-01-07", Pays("a", -5))});
  EXPECT_THAT(views.dead_letters(), ElementsAre(HasSubstr("customer: "), HasSubstr("action"),
                                                HasSubstr("monthly_amount is negative")));
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 0);
  EXPECT_FALSE(views.Get<View>(Account()).ok());
}

TEST(CustomerTest, ADeletedAccountIsScrubbedOnThatDayWhichIsNoChurnAndComesBackWhenRestored) {
  const std::string acme = "{ entity { kind: ACCOUNT namespace: 'crm' value: 'acme' } }";
  ProjectionDriver views;
  views.Given({On("2024-01-05", Pays("a", 100)), On("2024-02-10", "entity_deleted " + acme),
               On("2024-02-20", Pays("a", 150))});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-01-05"), "mrr", kEuros) / kUnit), 100);
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-02-10"), "mrr", kEuros) / kUnit), -100);
  EXPECT_EQ(AsInt(views.Sum("mrr", kEuros)), 0);
  EXPECT_EQ(AsInt(views.Sum("paying_customers")), 0);
  EXPECT_EQ(AsInt(views.Sum("mrr_change", {{"currency", "EUR"}, {"kind", "churn"}})), 0);
  EXPECT_EQ(AsInt(views.Sum("mrr_change", {{"currency", "EUR"}, {"kind", "scrubbed"}}) / kUnit),
            -100);
  EXPECT_EQ(AsInt(views.Sum("mrr_kept_lost_month", kEuros)), 0);
  EXPECT_EQ(AsInt(views.Sum("customers_kept_lost_month")), 0);
  EXPECT_TRUE(views.Get<View>(Account(), InstantOf("2024-02-09"))->active());
  EXPECT_FALSE(views.Get<View>(Account(), InstantOf("2024-02-25"))->active());

  views.Given({On("2024-03-01", "entity_restored " + acme)});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-03-01"), "mrr", kEuros) / kUnit), 150);
  EXPECT_EQ(AsInt(views.Sum("paying_customers")), 1);
  EXPECT_EQ(AsInt(views.Sum("mrr_change", {{"currency", "EUR"}, {"kind", "return"}})), 0);
}

TEST(CustomerTest, ARecordThatWasMergedIntoTheCustomersIsClearedAwayWithoutIt) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", Pays("a", 100)),
               On("2024-02-10",
                  "entity_deleted { entity { kind: ACCOUNT namespace: 'crm' value: 'double' } }")});
  EXPECT_EQ(AsInt(views.Sum("mrr", kEuros) / kUnit), 100);
  EXPECT_EQ(AsInt(views.Sum("paying_customers")), 1);
}

TEST(CustomerTest, ARenewalToldAgainIsOneRenewal) {
  ProjectionDriver views;
  const std::string due = absl::StrCat("renewal_due { due_at: ", InstantOf("2024-06-01"),
                                       " amount { currency_code: 'EUR' units: 7 } }");
  views.Given({On("2024-01-05", due), On("2024-02-05", due)});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-06-01"), "renewals_due")), 1);
  EXPECT_EQ(AsInt(views.Sum("renewals_due_amount", kEuros) / kUnit), 7);
}

TEST(CustomerTest, AnUltimateParentIsTheGroupThatCountsCarry) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", Pays("a", 10)),
               On("2024-02-05",
                  "traits { ultimate_parent { kind: ACCOUNT namespace: 'crm' value: 'big' } }"),
               On("2024-03-05", Pays("b", 10), "sister")});
  const auto paying = [&views](const std::string& group, const std::string& customer) {
    return AsInt(views.Sum("paying_customers", {{"group", "account:crm:" + group},
                                                {"customer", "account:crm:" + customer}}));
  };
  EXPECT_EQ(paying("big", "acme"), 1);
  EXPECT_EQ(paying("acme", "acme"), 0);
  EXPECT_EQ(paying("sister", "sister"), 1);
}

TEST(CustomerTest, AnAccountIsOfItsGroupFromTheDayThatIsToldToThatOfAnother) {
  ProjectionDriver views;
  const auto parent = [](const std::string& name) {
    return "traits { ultimate_parent { kind: ACCOUNT namespace: 'crm' value: '" + name + "' } }";
  };
  views.Given({On("2024-01-05", parent("big")), On("2024-02-05", parent("big")),
               On("2024-03-05", parent("bigger")), On("2024-04-05", parent("acme"))});
  const auto on = [&views](const std::string& day, const std::string& group) {
    return AsInt(
        views.SumOn(*ParseDay(day), "group_accounts",
                    {{"group", "account:crm:" + group}, {"customer", "account:crm:acme"}}));
  };
  EXPECT_EQ(on("2024-01-05", "big"), 1);
  EXPECT_EQ(on("2024-02-05", "big"), 0);  // told again
  EXPECT_EQ(on("2024-03-05", "big"), -1);
  EXPECT_EQ(on("2024-03-05", "bigger"), 1);
  EXPECT_EQ(on("2024-04-05", "bigger"), -1);
  EXPECT_EQ(on("2024-04-05", "acme"), 0);  // its own parent: of no group
}

TEST(CustomerTest, AFurtherWinOfACustomerIsALaterOne) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", Order(10)), On("2024-06-05", Order(10)),
               On("2024-07-05", Order(10)), On("2025-08-05", Order(10))});
  // Without recurring revenue it never stopped being one.
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 1);
  EXPECT_EQ(AsInt(views.Sum("later_wins", {{"customer", "account:crm:acme"}})), 3);
}

}  // namespace
}  // namespace revops::test
