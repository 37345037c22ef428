#include "engine/query/filter.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using ::testing::HasSubstr;
using View = v1::OpportunityView;

class FilterTest : public ::testing::Test {
 protected:
  FilterTest() {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"(state: WON opened_at: 1709251200000000 times_reopened: 2 backdated: true
           close_reason: "Price, mostly"
           amount { currency_code: "EUR" units: 1200 nanos: 500000000 }
           stages { stage_id: "demo" entries: 1 } stages { stage_id: "offer" entries: 3 })",
        &row_));
  }

  static absl::StatusOr<RowFilter> Parse(const std::string& field, v1::Filter::Op op,
                                         const std::string& value) {
    v1::Filter filter;
    filter.set_field(field);
    filter.set_op(op);
    filter.set_value(value);
    return RowFilter::Parse(*View::descriptor(), filter, *Zone::Load("Europe/Berlin"));
  }
  bool Passes(const std::string& field, v1::Filter::Op op, const std::string& value = "") {
    const auto filter = Parse(field, op, value);
    EXPECT_TRUE(filter.ok()) << filter.status();
    return filter.ok() && filter->Passes(row_);
  }
  static std::string Mistake(const std::string& field, v1::Filter::Op op,
                             const std::string& value = "") {
    const auto filter = Parse(field, op, value);
    EXPECT_EQ(filter.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(filter.status().message());
  }

  View row_;
};

TEST_F(FilterTest, EnumsAreNamed) {
  EXPECT_TRUE(Passes("state", v1::Filter::EQUAL, "WON"));
  EXPECT_TRUE(Passes("state", v1::Filter::OP_UNSPECIFIED, "won"));
  EXPECT_FALSE(Passes("state", v1::Filter::NOT_EQUAL, "WON"));
  EXPECT_THAT(Mistake("state", v1::Filter::EQUAL, "WIN"), HasSubstr("OPEN, WON, LOST"));
  EXPECT_THAT(Mistake("state", v1::Filter::LESS, "WON"), HasSubstr("have no order"));
}

TEST_F(FilterTest, TimesAreMicrosecondsRfc3339OrDaysOfTheModelsZone) {
  EXPECT_TRUE(Passes("opened_at", v1::Filter::EQUAL, "1709251200000000"));
  EXPECT_TRUE(Passes("opened_at", v1::Filter::EQUAL, "2024-03-01T00:00:00Z"));
  EXPECT_TRUE(Passes("opened_at", v1::Filter::EQUAL, "2024-03-01T01:00:00+01:00"));
  EXPECT_TRUE(Passes("opened_at", v1::Filter::GREATER, "2024-03-01"));  // starts at 23:00Z
  EXPECT_TRUE(Passes("opened_at", v1::Filter::LESS, "2024-03-02"));
  EXPECT_THAT(Mistake("opened_at", v1::Filter::LESS, "yesterday"), HasSubstr("2024-02-29"));
}

TEST_F(FilterTest, ATimeThatIsNotKnownIsNeitherBeforeNorAfter) {
  EXPECT_FALSE(Passes("closed_at", v1::Filter::LESS, "2024-03-02"));
  EXPECT_FALSE(Passes("closed_at", v1::Filter::GREATER, "1970-01-01"));
  EXPECT_TRUE(Passes("closed_at", v1::Filter::IS_NOT_SET));
  EXPECT_TRUE(Passes("closed_at", v1::Filter::NOT_EQUAL, "2024-03-02"));
  EXPECT_TRUE(Passes("opened_at", v1::Filter::IS_SET));
}

TEST_F(FilterTest, MoneyComparesByAmountAndIfNamedByCurrency) {
  EXPECT_TRUE(Passes("amount", v1::Filter::EQUAL, "EUR 1200.50"));
  EXPECT_TRUE(Passes("amount", v1::Filter::GREATER, "1200.499999"));
  EXPECT_FALSE(Passes("amount", v1::Filter::GREATER, "USD 1"));
  EXPECT_FALSE(Passes("amount", v1::Filter::LESS_OR_EQUAL, "USD 5000"));
  EXPECT_TRUE(Passes("amount", v1::Filter::NOT_EQUAL, "USD 1200.50"));
  EXPECT_TRUE(Passes("amount.currency_code", v1::Filter::EQUAL, "EUR"));
  EXPECT_TRUE(Passes("amount.units", v1::Filter::LESS, "1201"));
  EXPECT_THAT(Mistake("amount", v1::Filter::EQUAL, "many"), HasSubstr("EUR 1200.50"));
}

TEST_F(FilterTest, NumbersFlagsAndTexts) {
  EXPECT_TRUE(Passes("times_reopened", v1::Filter::GREATER_OR_EQUAL, "2"));
  EXPECT_FALSE(Passes("times_reopened", v1::Filter::GREATER, "2"));
  EXPECT_TRUE(Passes("backdated", v1::Filter::EQUAL, "true"));
  EXPECT_TRUE(Passes("deleted", v1::Filter::EQUAL, "false"));
  EXPECT_TRUE(Passes("close_reason", v1::Filter::CONTAINS, "PRICE"));
  EXPECT_FALSE(Passes("close_reason", v1::Filter::CONTAINS, "timing"));
  EXPECT_THAT(Mistake("times_reopened", v1::Filter::EQUAL, "two"), HasSubstr("digits"));
  EXPECT_THAT(Mistake("backdated", v1::Filter::EQUAL, "yes"), HasSubstr("true or false"));
  EXPECT_THAT(Mistake("times_reopened", v1::Filter::CONTAINS, "2"), HasSubstr("ask EQUAL"));
}

TEST_F(FilterTest, OfSeveralValuesOneIsEnough) {
  EXPECT_TRUE(Passes("stages.stage_id", v1::Filter::EQUAL, "offer"));
  EXPECT_FALSE(Passes("stages.stage_id", v1::Filter::EQUAL, "won"));
  EXPECT_TRUE(Passes("stages.entries", v1::Filter::GREATER, "2"));
  EXPECT_TRUE(Passes("stages", v1::Filter::IS_SET));
  EXPECT_TRUE(Passes("changes", v1::Filter::IS_NOT_SET));
  EXPECT_THAT(Mistake("stages", v1::Filter::EQUAL, "offer"), HasSubstr("several values"));
}

TEST_F(FilterTest, AFieldThatIsNotThereIsOfferedTheOthers) {
  EXPECT_THAT(Mistake("amount.cents", v1::Filter::EQUAL, "1"), HasSubstr("amount.units"));
  EXPECT_THAT(Mistake("", v1::Filter::EQUAL, "1"), HasSubstr("filters.field"));
  EXPECT_THAT(Mistake("fields", v1::Filter::EQUAL, "1"), HasSubstr("message"));
}

}  // namespace
}  // namespace revops
