#include "engine/report/report.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/report/kpi_text.h"
#include "engine/report/report_html.h"
#include "engine/report/report_text.h"
#include "engine/serve/local_api.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallStart;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kDay = 86'400'000'000;

std::string Deal(const std::string& id, int days, const std::string& rest) {
  return absl::StrCat(About("opportunity:crm:" + id), "occurred_at: ", kSmallStart + days * kDay,
                      " ", rest);
}

// A quarter with bookings, an open deal, a target and a decision, reported of on 2024-04-08.
class ReportTest : public ::testing::Test {
 protected:
  ReportTest() : api_(small_.engine(), &small_.ingest(), small_.clock(), {"1", "", ""}) {
    const std::string fields =
        "fields { stage_id: 'discovery' sourced_by: SOURCED_MARKETING owner: '<ann>' "
        "amount { currency_code: 'EUR' units: 5000 } }";
    small_.Given({absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart,
                               " target { kpi: 'bookings' from_day: ", kSmallStart + 31 * kDay,
                               " to_day: ", kSmallStart + 122 * kDay,
                               " amount { currency_code: 'EUR' units: 20000 } }"),
                  absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart + 35 * kDay,
                               " decision { text: 'Call every webinar guest' owner: 'ann' due_at: ",
                               kSmallStart + 60 * kDay, " }"),
                  Deal("a", 31, "opportunity_opened { " + fields + " }"),
                  Deal("a", 34, "opportunity_closed { outcome: WON }"),
                  Deal("b", 32, "opportunity_opened { " + fields + " }")});
    options_.at = kSmallStart + 38 * kDay;  // Monday 2024-04-08
    options_.where = "--data my-company";
  }

  Report Made() {
    const auto report = MakeReport(api_, options_);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : Report();
  }

  SmallEngine small_;
  LocalApi api_;
  ReportOptions options_;
};

TEST_F(ReportTest, SaysTheWeekInTheOrderAgreed) {
  const Report report = Made();
  EXPECT_EQ(report.title, "Sales and marketing, week 2024-W14");
  std::vector<std::string> titles;
  for (const ReportSection& section : report.sections) titles.push_back(section.title);
  EXPECT_THAT(
      titles,
      ElementsAre("The week 2024-W14", "Bookings against target, 2024-Q2",
                  "How the pipeline moved since the last report",
                  "Pipeline created against the joint target, 2024-Q2",
                  "From hand-over to won, as cohorts", "Both promises", "Ten dropped batons",
                  "Why leads came back and deals were lost, 2024-Q2", "Campaigns, 2024-Q2",
                  "Customers", "Last week's decisions, and this week's"));
  const ReportFigure& bookings = report.sections[1].figures[0];
  EXPECT_EQ(bookings.value, "EUR 5,000");
  EXPECT_THAT(bookings.note, HasSubstr("target EUR 20,000"));
  EXPECT_THAT(bookings.command,
              HasSubstr("revops explain kpi bookings --from 2024-04-01 --to 2024-07-01"));
  EXPECT_THAT(bookings.command, HasSubstr("--data my-company"));
}

TEST_F(ReportTest, EveryNumberCarriesItsCommand) {
  for (const ReportSection& section : Made().sections) {
    for (const ReportFigure& figure : section.figures) {
      EXPECT_TRUE(absl::StartsWith(figure.command, "revops ")) << figure.label;
    }
    for (const ReportTable& table : section.tables) {
      for (const auto& row : table.rows) {
        bool any = false;
        for (const ReportCell& cell : row) any = any || !cell.command.empty();
        EXPECT_TRUE(any) << section.title << ": " << row[0].text;
      }
    }
  }
}

TEST_F(ReportTest, TheHtmlNeedsNothingElseAndShowsTextAsText) {
  const std::string html = ReportHtml(Made());
  EXPECT_THAT(html, Not(HasSubstr("<ann>")));
  EXPECT_FALSE(std::regex_search(html, std::regex("<(script|img|link|iframe)[^>]*(src|href)=")));
  EXPECT_THAT(html, HasSubstr("name=\"viewport\""));
  EXPECT_THAT(html, HasSubstr("Chart.js v3"));
  EXPECT_THAT(html, HasSubstr("Call every webinar guest"));
  size_t open = 0;
  for (size_t at = html.find("<section>"); at != std::string::npos;
       at = html.find("<section>", at + 1)) {
    ++open;
  }
  EXPECT_EQ(open, 11u);
}

TEST_F(ReportTest, ABrowserDrawsTheCharts) {
  if (std::system("command -v chromium > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "there is no chromium; apt-get install chromium to see the page drawn";
  }
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() + "/report.html") << ReportHtml(Made());
  // The page as scripts left it: Chart.js gives each canvas it has drawn a size.
  const std::string command = absl::StrCat(
      "timeout 60 chromium --headless --no-sandbox --disable-gpu --dump-dom "
      "--user-data-dir=",
      folder.path(), "/profile file://", folder.path(), "/report.html > ", folder.path(),
      "/drawn.html 2> /dev/null");
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(folder.path() + "/drawn.html");
  const std::string drawn(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(std::regex_search(drawn, std::regex("<canvas[^>]*style=\"[^\"]*display: block")));
}

TEST_F(ReportTest, TheTextFitsATerminal) {
  std::ostringstream out;
  WriteReportText(Made(), 100, out);
  EXPECT_THAT(out.str(), HasSubstr("1. The week 2024-W14"));
  EXPECT_THAT(out.str(), HasSubstr("EUR 5,000"));
  EXPECT_THAT(out.str(), HasSubstr("$ revops explain kpi"));
}

TEST(KpiTextTest, NumbersReadAsPeopleWriteThem) {
  EXPECT_EQ(DecimalText("1234567.895", 2), "1,234,567.90");
  EXPECT_EQ(DecimalText("-0.004", 2), "0.00");
  EXPECT_EQ(DecimalText("999.995", 2), "1,000.00");
  EXPECT_EQ(DecimalText("12", 2), "12");
  EXPECT_EQ(DecimalText("", 2), "");
  EXPECT_EQ(KpiText({"0.666666667", "ratio", ""}), "66.7 %");
  EXPECT_EQ(KpiText({"5208.333333333", "money", "EUR"}), "EUR 5,208.33");
  EXPECT_EQ(KpiText({"5184000", "duration", ""}), "60.0 days");
  EXPECT_EQ(KpiText({"7200", "duration", ""}), "2.0 h");
  EXPECT_EQ(ChangeText("0.25", "0.2", "ratio"), "+5.0 points");
  EXPECT_EQ(ChangeText("90", "100", "count"), "-10.0 %");
  EXPECT_EQ(ChangeText("90", "0", "count"), "");
}

}  // namespace
}  // namespace revops
