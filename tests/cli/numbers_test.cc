// The commands that ask for numbers: kpi, bridge, explain, report; what they ask, what they show,
// and how they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "engine/cli/command_line.h"
#include "tests/cli/scripted_api.h"
#include "tests/cli/user.h"
#include "tests/support/folders.h"

namespace revops {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Asks an Api that remembers what it was asked.
class NumbersTest : public ::testing::Test {
 protected:
  NumbersTest()
      : user_([this](const Target&) -> absl::StatusOr<std::unique_ptr<Api>> {
          return std::make_unique<test::ScriptedApi>(script_);
        }) {}

  test::Script script_;
  test::User user_;
};

TEST_F(NumbersTest, KpiAsksForPeriodsAndSlicesAndShowsEachNumberWithTheOneBefore) {
  EXPECT_EQ(user_.Run({"kpi", "win_rate_narrow", "--by", "owner,team", "--only", "region=emea",
                       "--grain", "quarter", "--from", "2025-01-01", "--to", "2025-07-01", "--at",
                       "2025-07-02", "--compare", "--currency", "EUR"}),
            ExitCode::kOk)
      << user_.err;
  const v1::KpiRequest& asked = script_.kpi;
  EXPECT_THAT(asked.names(), ElementsAre("win_rate_narrow"));
  EXPECT_THAT(asked.by(), ElementsAre("owner", "team"));
  EXPECT_EQ(asked.only(0).dimension(), "region");
  EXPECT_EQ(asked.only(0).value(), "emea");
  EXPECT_EQ(asked.grain(), v1::KpiRequest::QUARTER);
  EXPECT_EQ(asked.from_day(), "2025-01-01");
  EXPECT_EQ(asked.end_day(), "2025-07-01");
  EXPECT_EQ(asked.at(), int64_t{1751414400} * 1'000'000);
  EXPECT_TRUE(asked.compare());
  EXPECT_EQ(asked.currency(), "EUR");
  EXPECT_THAT(user_.out, AllOf(HasSubstr("25.0 %"), HasSubstr("+5.0 points"), HasSubstr("8"),
                               HasSubstr("unknown")));
  // For a program the numbers as they are.
  EXPECT_EQ(user_.Run({"kpi", "win_rate_narrow", "--format", "csv"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("win_rate_narrow,2025-Q1,0.25,,8,0.2,,"));
}

TEST_F(NumbersTest, KpiWithoutANameTellsWhichThereAre) {
  EXPECT_EQ(user_.Run({"kpi"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, AllOf(HasSubstr("Win rate"), HasSubstr("owner"),
                               HasSubstr("won_count / (won_count + lost_count)")));
}

TEST_F(NumbersTest, BridgeWritesALineForEachFlow) {
  EXPECT_EQ(
      user_.Run({"bridge", "--from", "2025-04-01", "--to", "2025-07-01", "--by", "team,close_month",
                 "--only", "emea/2025-04,emea/2025-05", "--currency", "EUR"}),
      ExitCode::kOk)
      << user_.err;
  EXPECT_EQ(script_.bridge.slice(), "team,close_month");
  EXPECT_THAT(script_.bridge.values(), ElementsAre("emea/2025-04", "emea/2025-05"));
  EXPECT_EQ(script_.bridge.from_day(), "2025-04-01");
  EXPECT_EQ(script_.bridge.end_day(), "2025-07-01");
  EXPECT_EQ(script_.bridge.currency(), "EUR");
  EXPECT_THAT(user_.out,
              AllOf(HasSubstr("opening"), HasSubstr("EUR -100.50"), HasSubstr("EUR 199.50")));
}

TEST_F(NumbersTest, ExplainNamesEachEventAndWhatItAdded) {
  EXPECT_EQ(user_.Run({"explain", "lead", "contact:crm:42", "--limit", "7"}), ExitCode::kOk);
  EXPECT_EQ(script_.explained.view(), "lead");
  EXPECT_EQ(script_.explained.id().value(), "42");
  EXPECT_EQ(script_.explained.events_max(), 7);
  EXPECT_THAT(user_.out, AllOf(HasSubstr("webinar.attended"), HasSubstr("engagement +20"),
                               HasSubstr("The events add up to what is counted.")));
  EXPECT_EQ(user_.Run({"explain", "kpi", "bookings", "--slice", "owner=ann", "--from", "2025-01-01",
                       "--to", "2025-04-01"}),
            ExitCode::kOk);
  EXPECT_EQ(script_.explained.kpi(), "bookings");
  EXPECT_EQ(script_.explained.only(0).dimension(), "owner");
  EXPECT_EQ(script_.explained.end_day(), "2025-04-01");
}

TEST_F(NumbersTest, AnExplanationThatDoesNotAddUpHasTheExitCodeOfADifference) {
  script_.equal = false;
  EXPECT_EQ(user_.Run({"explain", "kpi", "bookings"}), ExitCode::kDifferent);
  EXPECT_THAT(user_.out, HasSubstr("do NOT add up"));
}

TEST_F(NumbersTest, WhatIsNotUnderstoodIsRefusedInWordsAndNotAsked) {
  const struct {
    std::vector<std::string> arguments;
    const char* said;
  } wrong[] = {
      {{"kpi", "bookings", "--grain", "fortnight"}, "fortnight"},
      {{"kpi", "bookings", "--only", "emea"}, "--only emea is no slice; write dimension=value"},
      {{"kpi", "bookings", "--only", "=emea"}, "is no slice; write dimension=value"},
      {{"kpi", "bookings", "--at", "soon"}, "\"soon\" is no time; write 2025-03-04"},
      {{"kpi", "bookings", "--format", "xml"}, "xml"},
      {{"bridge"}, "--from"},
      {{"bridge", "--from", "2025-01-01"}, "--to"},
      {{"bridge", "--from", "2025-01-01", "--to", "2025-02-01", "--at", "never"},
       "\"never\" is no time"},
      {{"explain", "kpi"}, "NAME"},
      {{"explain", "lead", "42"}, "42"},
      {{"explain", "kpi", "bookings", "--slice", "emea"}, "--slice emea is no slice"},
      {{"explain", "kpi", "bookings", "--limit", "0"},
       "--limit 0 is out of range; give 1 to 10000"},
      {{"explain", "kpi", "bookings", "--limit", "10001"}, "--limit 10001 is out of range"},
      {{"report", "--at", "monday"}, "\"monday\" is no time"},
      {{"report", "--html"}, "--html"},
  };
  for (const auto& one : wrong) {
    EXPECT_EQ(user_.Run(one.arguments), ExitCode::kUsage) << one.said;
    EXPECT_THAT(user_.err, HasSubstr(one.said));
    EXPECT_THAT(user_.out, IsEmpty());
  }
  EXPECT_TRUE(script_.kpi.names().empty());
  EXPECT_TRUE(script_.explained.kpi().empty());
}

TEST_F(NumbersTest, EachHelpsWithExamples) {
  for (const char* command : {"kpi", "bridge", "explain", "report"}) {
    EXPECT_EQ(user_.Run({command, "--help"}), ExitCode::kOk) << command;
    EXPECT_THAT(user_.out, HasSubstr(absl::StrCat("Examples:\n  revops ", command)));
  }
}

// Asks a folder with one deal that was won.
class NumbersOfAFolderTest : public ::testing::Test {
 protected:
  NumbersOfAFolderTest() : user_(OpenApi) {
    const std::string deal = R"("subject":[{"kind":"OPPORTUNITY","namespace":"crm","value":"7"}],)";
    const std::string events =
        absl::StrCat(R"({"id":"1","source":"crm","occurred_at":"1735689600000000",)", deal,
                     R"("opportunity_opened":{"fields":{"stage_id":"discovery","owner":"ann",)",
                     R"("amount":{"currency_code":"EUR","units":"700"}}}})", "\n",
                     R"({"id":"2","source":"crm","occurred_at":"1736294400000000",)", deal,
                     R"("opportunity_closed":{"outcome":"WON"}})", "\n");
    EXPECT_EQ(Run({"publish"}, events), ExitCode::kOk) << user_.err;
  }

  ExitCode Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.end(), {"--data", folder_.path() + "/data"});
    return user_.Run(std::move(arguments), input);
  }

  const test::TemporaryFolder folder_;
  test::User user_;
};

TEST_F(NumbersOfAFolderTest, TheNumberItsExplanationAndTheReportSayTheSame) {
  ASSERT_EQ(Run({"kpi", "bookings", "--from", "2025-01-01", "--to", "2025-04-01"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("EUR 700"));
  ASSERT_EQ(Run({"explain", "kpi", "bookings", "--from", "2025-01-01", "--to", "2025-04-01"}),
            ExitCode::kOk)
      << user_.err;
  EXPECT_THAT(user_.out, AllOf(HasSubstr("won_amount"), HasSubstr("+700 on 2025-01-08"),
                               HasSubstr("counted 700, the events add up to 700")));
  ASSERT_EQ(Run({"bridge", "--from", "2025-01-01", "--to", "2025-02-01"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, AllOf(HasSubstr("created"), HasSubstr("EUR -700")));
  ASSERT_EQ(Run({"report", "--at", "2025-01-13"}), ExitCode::kOk) << user_.err;
  EXPECT_THAT(user_.out, AllOf(HasSubstr("Sales and marketing, week 2025-W02"),
                               HasSubstr("EUR 700"), HasSubstr("$ revops explain kpi bookings")));
}

TEST_F(NumbersOfAFolderTest, TheReportIsWrittenAsOneFileOrItIsSaidWhyNot) {
  const std::string file = folder_.path() + "/week.html";
  ASSERT_EQ(Run({"report", "--at", "2025-01-13", "--html", file}), ExitCode::kOk) << user_.err;
  EXPECT_EQ(user_.out, file + "\n");
  std::ifstream stream(file);
  const std::string html(std::istreambuf_iterator<char>(stream), {});
  EXPECT_THAT(html, AllOf(HasSubstr("<!doctype html>"), HasSubstr("week 2025-W02")));
  EXPECT_EQ(Run({"report", "--html", folder_.path() + "/none/week.html"}), ExitCode::kNotFound);
  EXPECT_THAT(user_.err, HasSubstr("none/week.html: cannot be written; is there such a folder"));
}

TEST_F(NumbersOfAFolderTest, WhatTheModelDoesNotKnowIsRefusedWithWhatThereIs) {
  EXPECT_EQ(Run({"kpi", "bokings"}), ExitCode::kNotFound);
  EXPECT_THAT(user_.err, AllOf(HasSubstr("bokings"), HasSubstr("bookings")));
  EXPECT_EQ(Run({"kpi", "bookings", "--by", "weather"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("cannot be sliced by weather; it can be by"));
  EXPECT_EQ(Run({"kpi", "bookings", "--from", "2025-13-01"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("from_day"));
  EXPECT_EQ(Run({"kpi", "bookings", "--from", "2025-02-01", "--to", "2025-01-01"}),
            ExitCode::kUsage);
  EXPECT_EQ(Run({"kpi", "bookings", "--currency", "EURO"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("currency"));
  EXPECT_EQ(Run({"bridge", "--from", "2025-02-01", "--to", "2025-01-01"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("is not after from_day"));
  EXPECT_EQ(Run({"bridge", "--from", "2025-01-01", "--to", "2025-02-01", "--by", "mood"}),
            ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("team,close_month"));
  EXPECT_EQ(Run({"explain", "mood", "contact:crm:42"}), ExitCode::kNotFound);
  EXPECT_EQ(Run({"explain", "lead", "contact:crm:42"}), ExitCode::kNotFound);
  EXPECT_EQ(Run({"explain", "kpi", "happiness"}), ExitCode::kNotFound);
  EXPECT_EQ(Run({"report", "--currency", "EURO"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("currency"));
}

}  // namespace
}  // namespace revops
