#include "gtest/gtest.h"
#include "tests/projections/customer_kit.h"

namespace revops::test {
namespace {

TEST(CustomerTest, WhenTheFirstOfTwoDealsReopensTheSecondMadeTheCustomerUntilItReopensToo) {
  ProjectionDriver views;
  const auto on = [&](const char* day, const Dims& dims = {}) {
    return AsInt(views.SumOn(*ParseDay(day), "new_customers", dims));
  };
  views.Given({On("2024-01-02", Opened("d1", "SDR")), On("2024-01-03", Opened("d2", "MARKETING")),
               On("2024-01-30", Won("d1")), On("2024-02-20", Won("d2")),
               On("2024-03-01", Reopened("d1"))});
  // One customer still, whom marketing sourced from that day on.
  EXPECT_EQ(on("2024-01-30"), 1);
  EXPECT_EQ(on("2024-02-20"), 0);
  EXPECT_EQ(on("2024-03-01"), 0);
  EXPECT_EQ(on("2024-03-01", {{"sourced_by", "sdr"}}), -1);
  EXPECT_EQ(on("2024-03-01", {{"sourced_by", "marketing"}}), 1);
  View row = *views.Get<View>(Account());
  EXPECT_EQ(row.new_by(), "opportunity:crm:d2");
  EXPECT_EQ(row.first_win_at(), InstantOf("2024-02-20"));
  EXPECT_EQ(row.cohort(), "2024-02");

  views.Given({On("2024-04-01", Reopened("d2"))});
  EXPECT_EQ(on("2024-01-30"), 1);
  EXPECT_EQ(on("2024-04-01"), -1);
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 0);
  EXPECT_EQ(AsInt(views.Sum("new_customers", {{"sourced_by", "marketing"}})), 0);
  row = *views.Get<View>(Account());
  EXPECT_EQ(row.new_at(), 0);
  EXPECT_EQ(row.cohort(), "");
  EXPECT_EQ(row.won_deals(), 0);

  // Won again it is a new customer again.
  views.Given({On("2024-05-01", Won("d1"))});
  EXPECT_EQ(on("2024-05-01"), 1);
}

TEST(CustomerTest, AReopenedLaterDealTakesNoNewCustomerBackAndAnOrderKeepsOne) {
  ProjectionDriver later;
  later.Given({On("2024-01-02", Opened("d1", "SDR")), On("2024-01-03", Opened("d2", "AE")),
               On("2024-01-30", Won("d1")), On("2024-02-20", Won("d2")),
               On("2024-03-01", Reopened("d2"))});
  EXPECT_EQ(AsInt(later.Sum("new_customers", {{"sourced_by", "sdr"}})), 1);
  EXPECT_EQ(AsInt(later.SumOn(*ParseDay("2024-03-01"), "new_customers")), 0);
  EXPECT_EQ(later.Get<View>(Account())->last_win_at(), InstantOf("2024-01-30"));

  ProjectionDriver ordered;
  ordered.Given({On("2024-01-02", Opened("d1", "SDR")), On("2024-01-30", Won("d1")),
                 On("2024-02-01", Order(100)), On("2024-02-03", Order(100)),
                 On("2024-03-01", Reopened("d1"))});
  EXPECT_EQ(AsInt(ordered.Sum("new_customers")), 1);
  EXPECT_EQ(AsInt(ordered.Sum("new_customers", {{"by", "deal"}})), 0);
  EXPECT_EQ(AsInt(ordered.SumOn(*ParseDay("2024-03-01"), "new_customers", {{"by", "order"}})), 1);
  const View row = *ordered.Get<View>(Account());
  EXPECT_EQ(row.new_at(), InstantOf("2024-02-01"));
  EXPECT_EQ(row.new_by(), "order");
  // Both orders were counted under it.
  EXPECT_EQ(row.cohort(), "2024-01");
}

TEST(CustomerTest, ADealThatReopensKeepsNoLaterWinFromMakingANewCustomerAgain) {
  // Recurring revenue ends in June 2022; a deal of May 2023 is too early, that of July is not.
  const std::vector<std::string> history = {
      On("2022-01-10", Pays("a", 100)),     On("2022-06-30", Ends("a")),
      On("2023-01-02", Opened("d1", "AE")), On("2023-01-03", Opened("d2", "AE")),
      On("2023-05-30", Won("d1")),          On("2023-07-01", Won("d2"))};
  ProjectionDriver views;
  views.Given(history);
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 1);
  views.Given({On("2023-08-01", Reopened("d1"))});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2023-08-01"), "new_customers")), 1);
  EXPECT_EQ(views.Get<View>(Account())->new_at(), InstantOf("2023-07-01"));
  // And takes it back when it reopens itself; who it was before, it was.
  views.Given({On("2023-09-01", Reopened("d2"))});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2023-09-01"), "new_customers")), -1);
  EXPECT_EQ(AsInt(views.Sum("new_customers")), 1);
  EXPECT_EQ(views.Get<View>(Account())->new_at(), InstantOf("2022-01-10"));

  // A deal that reopened before is no win before.
  ProjectionDriver before;
  before.Given({history.begin(), history.begin() + 5});
  before.Given({On("2023-06-15", Reopened("d1")), history[5]});
  EXPECT_EQ(AsInt(before.SumOn(*ParseDay("2023-07-01"), "new_customers")), 1);
}

}  // namespace
}  // namespace revops::test
