#include "engine/cli/message_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "engine/cli/filter_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/table.h"
#include "google/protobuf/text_format.h"
#include "revops/v1/service.pb.h"

namespace revops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(MessageTextTest, TimesAreReadAndWritten) {
  EXPECT_EQ(TimeText(0), "");
  EXPECT_EQ(TimeText(1'741'046'400'000'000), "2025-03-04");
  EXPECT_EQ(TimeText(1'741'083'725'000'000), "2025-03-04 10:22:05");
  for (const char* text :
       {"2025-03-04 10:22:05", "2025-03-04T10:22:05Z", "2025-03-04T11:22:05+01:00"}) {
    EXPECT_EQ(*ParseTime(text), 1'741'083'725'000'000) << text;
  }
  for (const char* text : {"", "2025", "4.3.2025", "2025-13-01", "now"}) {
    EXPECT_EQ(ParseTime(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(MessageTextTest, FieldsAreToldByTypeAndName) {
  const auto closed = Parse<v1::OpportunityClosed>(R"(
      outcome: WON closed_at: 1741046400000000
      fields { amount { currency_code: "EUR" units: 12 nanos: 500000000 }
               splits { owner: "eva" share_ppm: 125000 } contact_roles { role: "champion" } })");
  EXPECT_EQ(CompactText(closed),
            "outcome WON, closed_at 2025-03-04, fields amount EUR 12.50, splits owner eva, "
            "share_ppm 12.5%, contact_roles role champion");
}

TEST(MessageTextTest, IdsAreWrittenAsPeopleWriteThem) {
  const auto joined = Parse<v1::JoinedAccount>(R"(
      contact { kind: CONTACT namespace: "crm" value: "42" }
      account { kind: ACCOUNT namespace: "erp" value: "7" })");
  EXPECT_THAT(FlatFields(joined), ElementsAre(Pair("contact", "contact:crm:42"),
                                              Pair("account", "account:erp:7"), Pair("role", "")));
}

TEST(MessageTextTest, ASpreadsheetGetsAmountsAndCurrenciesApart) {
  const auto fields = Parse<v1::OpportunityFields>(
      R"(name: "x" amount { currency_code: "EUR" units: 1200 nanos: 500000000 })");
  const auto apart = FlatFields(fields, ColumnsFor::kSpreadsheet);
  EXPECT_THAT(apart, Contains(Pair("amount", "1200.50")));
  EXPECT_THAT(apart, Contains(Pair("amount.currency", "EUR")));
  EXPECT_THAT(apart, Contains(Pair("recurring_amount.currency", "")));
  EXPECT_EQ(apart.size(), FlatFields(fields).size() + 3);
  EXPECT_THAT(FlatFields(fields), Contains(Pair("amount", "EUR 1200.50")));
}

TEST(MessageTextTest, TextsCannotSteerATerminal) {
  v1::Custom custom;
  custom.set_text("a\n\x1b[2J\xc2\x9b ü");
  EXPECT_EQ(CompactText(custom), "text a  [2J  ü");
}

TEST(MessageTextTest, OneLevelOfMessagesBecomesColumns) {
  v1::ListRequest request;
  request.add_filters()->set_field("x");
  request.mutable_await()->set_token("t");
  const auto flat = FlatFields(request);
  EXPECT_THAT(flat, Contains(Pair("filters", "1")));
  EXPECT_THAT(flat, Contains(Pair("await.token", "t")));
}

TEST(MessageTextTest, AMessageNobodyKnowsIsSaid) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/revops.v1.Nothing");
  EXPECT_EQ(Unpack(any).status().code(), absl::StatusCode::kInternal);
}

TEST(FilterTextTest, EveryOperatorIsRead) {
  EXPECT_EQ(ParseFilter("a.b=c=d")->value(), "c=d");
  EXPECT_EQ(ParseFilter("a.b=c=d")->op(), v1::Filter::EQUAL);
  EXPECT_EQ(ParseFilter("a != b")->op(), v1::Filter::NOT_EQUAL);
  EXPECT_EQ(ParseFilter("a<1")->op(), v1::Filter::LESS);
  EXPECT_EQ(ParseFilter("a<=1")->op(), v1::Filter::LESS_OR_EQUAL);
  EXPECT_EQ(ParseFilter("a>1")->op(), v1::Filter::GREATER);
  EXPECT_EQ(ParseFilter("a>=1")->value(), "1");
  EXPECT_EQ(ParseFilter("a~b c")->value(), "b c");
  EXPECT_EQ(ParseFilter("a is set")->op(), v1::Filter::IS_SET);
  for (const char* text : {"", "a", "=b", "a is", "a b"}) EXPECT_FALSE(ParseFilter(text).ok());
}

TEST(TableTest, CsvQuotesWhatNeedsItAndDisarmsFormulas) {
  std::ostringstream out;
  WriteCsv({{"a", "b"}, {{"x,\"y\"", "=1+1"}, {"-3", "-x"}, {"two\nlines", ""}}, {}}, out);
  EXPECT_EQ(out.str(), "a,b\n\"x,\"\"y\"\"\",'=1+1\n-3,'-x\n\"two\nlines\",\n");
}

TEST(TableTest, WideCharactersAreAlignedAndLongCellsCutOnAScreen) {
  std::istringstream in;
  std::ostringstream out, err;
  Terminal terminal{in, out, err};
  terminal.width = 200;
  WriteAligned({{"name", "x"}, {{"Zoë", "1"}, {std::string(100, 'y'), "2"}}, {}}, terminal);
  EXPECT_THAT(out.str(), HasSubstr("Zoë" + std::string(47, ' ') + "1\n"));
  EXPECT_THAT(out.str(), HasSubstr(std::string(47, 'y') + "…  2\n"));
}

TEST(ProgressBarTest, IsDrawnAtMostTenTimesASecond) {
  std::istringstream in;
  std::ostringstream out, err;
  Terminal terminal{in, out, err};
  terminal.err_is_person = true;
  ManualClock clock(0);
  {
    ProgressBar bar(terminal, clock, "folding", "events");
    clock.Advance(1'000'000);
    for (uint64_t i = 1; i <= 1000; ++i) {
      bar.Show(i * 1000, 1'000'000);
      clock.Advance(1'000);
    }
  }
  const std::string drawn = err.str();
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), '\r'), 11);
  EXPECT_THAT(drawn, HasSubstr("50% [============>"));
  EXPECT_EQ(WithCommas(1'234'567), "1,234,567");
  EXPECT_EQ(WithCommas(12), "12");
}

}  // namespace
}  // namespace revops
