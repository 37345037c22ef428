#include "engine/report/report.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
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
  ReportTest()
      : api_(small_.engine(), &small_.ingest(), small_.clock(),
             {"1", std::string(RevenueModel::DefaultText()), ""}) {
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

TEST_F(ReportTest, ADurationStandsAgainstItsTarget) {
  const auto lead = [](int hour, const std::string& rest) {
    return absl::StrCat(About("contact:crm:ada"), About("account:crm:acme"),
                        "occurred_at: ", kSmallStart + 32 * kDay + hour * kDay / 24, " ", rest);
  };
  small_.Given(
      {absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart,
                    " target { kpi: 'speed_to_lead_p90' from_day: ", kSmallStart + 31 * kDay,
                    " to_day: ", kSmallStart + 122 * kDay, " ratio_ppm: 14400000000 }"),
       lead(10, "lead { action: ASSIGNED handover_id: 'h' owner: 'amy' }"),
       lead(12, "actor: 'amy' automation: HUMAN team: SALES call { result: CONNECTED }")});
  const Report report = Made();
  for (const ReportFigure& figure : report.sections[5].figures) {
    if (!absl::StrContains(figure.label, "Speed to lead")) continue;
    EXPECT_EQ(figure.value, "2.0 h");
    EXPECT_THAT(figure.note, HasSubstr("target 4.0 h"));
    return;
  }
  FAIL() << "no speed to lead in " << report.sections[5].title;
}

std::vector<std::string> FirstColumns(const ReportTable& table, size_t columns) {
  std::vector<std::string> rows;
  for (const auto& row : table.rows) {
    std::string text;
    for (size_t i = 0; i < columns; ++i) absl::StrAppend(&text, i == 0 ? "" : "|", row[i].text);
    rows.push_back(text);
  }
  return rows;
}

TEST_F(ReportTest, DecisionsOfLastWeekAndThisWeekStandApartFromWhatIsOpenFromBefore) {
  const auto decided = [](int days, const std::string& text, const std::string& rest) {
    return absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart + days * kDay,
                        " decision { text: '", text, "' owner: 'bob' ", rest, " }");
  };
  small_.Given({decided(20, "Old and done", "done: true"), decided(21, "Old and open", ""),
                decided(38, "Just now", "done: true"), decided(45, "In a week", "")});
  options_.at = kSmallStart + 38 * kDay + kDay / 2;
  const ReportSection section = Made().sections.back();
  ASSERT_EQ(section.tables.size(), 3u);
  EXPECT_EQ(section.tables[0].title, "Last week's");
  EXPECT_THAT(FirstColumns(section.tables[0], 3),
              ElementsAre("2024-04-05|Call every webinar guest|ann"));
  EXPECT_EQ(section.tables[0].rows[0][4].text, "open");
  EXPECT_EQ(section.tables[1].title, "This week's");
  EXPECT_THAT(FirstColumns(section.tables[1], 2), ElementsAre("2024-04-08|Just now"));
  EXPECT_EQ(section.tables[1].rows[0][4].text, "done");
  EXPECT_EQ(section.tables[2].title, "Open from before");
  EXPECT_THAT(FirstColumns(section.tables[2], 2), ElementsAre("2024-03-22|Old and open"));
  EXPECT_EQ(section.tables[0].rows[0][1].command,
            "revops explain company 'other:decision:ann Call every webinar guest' "
            "--data my-company");
}

TEST_F(ReportTest, DroppedBatonsNameOwnerAgeAndWhatIsAtStake) {
  const std::string ada = About("contact:crm:ada");
  small_.Given(
      {absl::StrCat(ada, "occurred_at: ", kSmallStart + 32 * kDay,
                    " lead { action: DECLARED_QUALIFIED handover_id: 'h' }"),
       absl::StrCat(ada, "occurred_at: ", kSmallStart + 32 * kDay + kDay / 24,
                    " lead { action: ASSIGNED handover_id: 'h' owner: 'sue' owner_team: 't' "
                    "calendar: 'standard' }")});
  const ReportSection section = Made().sections[6];
  ASSERT_EQ(section.tables.size(), 1u) << absl::StrCat(section.notes.size());
  EXPECT_THAT(section.tables[0].columns,
              ElementsAre("owner", "overdue for", "at stake", "hand-over", "of"));
  ASSERT_EQ(section.tables[0].rows.size(), 1u);
  const auto& row = section.tables[0].rows[0];
  EXPECT_EQ(row[0].text, "sue");
  EXPECT_THAT(row[1].text, HasSubstr(" day"));
  // None of the hand-overs of the last year came to a win.
  EXPECT_EQ(row[2].text, "about EUR 0");
  EXPECT_THAT(row[2].command, HasSubstr("revops kpi average_deal mql_to_won --from 2023-04-"));
  EXPECT_THAT(row[1].command, HasSubstr("explain hand_over other:hand_over:contact:crm:ada/1"));
}

TEST(ReportCalendarTest, DaysAndQuartersAreThoseOfTheModel) {
  // 2024-04-08T03:00Z is Sunday yet in New York, and April ends a quarter of a year that begins in
  // February.
  const std::string text = absl::StrReplaceAll(
      RevenueModel::DefaultText(),
      {{"time_zone: \"UTC\"\n\n  fiscal_calendar {\n    first_month: 1 ",
        "time_zone: \"America/New_York\"\n\n  fiscal_calendar {\n    first_month: 2 "}});
  ASSERT_NE(text, RevenueModel::DefaultText());
  const auto model = RevenueModel::Parse(text, "test");
  ASSERT_TRUE(model.ok()) << model.status();
  SmallEngine small(2, AllProjections(), {}, *model);
  LocalApi api(small.engine(), &small.ingest(), small.clock(), {"1", text, ""});
  ReportOptions options;
  options.at = kSmallStart + 38 * kDay + kDay / 8;
  const auto report = MakeReport(api, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->title, "Sales and marketing, week 2024-W13");
  EXPECT_EQ(report->sections[1].title, "Bookings against target, FY2025-Q1");
  EXPECT_THAT(report->sections[1].figures[0].command,
              HasSubstr("--from 2024-02-01 --to 2024-05-01 --at 2024-04-08T03:00:00Z"));
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

// A page that shows another in a phone's width (a browser's window does not get so narrow) and
// leaves in its own text: how wide it was, what stands out of it, which charts are blank.
constexpr char kPhone[] = R"html(<!doctype html><body><iframe id="phone" width="375" height="800"
style="border:0"></iframe><pre id="found"></pre><script>
const phone = document.getElementById('phone');
phone.onload = () => {
  const page = phone.contentDocument, found = [];
  const width = phone.contentWindow.innerWidth;
  if (page.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
  for (const element of page.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > width + 0.5 && !element.parentElement.closest('.wide')) {
      found.push('too wide: ' + element.outerHTML.slice(0, 80));
    }
  }
  let drawn = 0;
  for (const canvas of page.querySelectorAll('canvas')) {
    const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    if (dots.some((dot) => dot !== 0)) ++drawn; else found.push('blank chart');
  }
  document.getElementById('found').textContent =
      'width ' + width + ', ' + drawn + ' charts drawn, wrong: [' + found.join('; ') + ']';
};
phone.srcdoc = new TextDecoder().decode(
    Uint8Array.from(atob('$PAGE'), (c) => c.charCodeAt(0)));
</script></body>)html";

TEST_F(ReportTest, ABrowserDrawsTheChartsAndNothingStandsOutOfAPhone) {
  if (std::system("command -v chromium > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "there is no chromium; apt-get install chromium to see the page drawn";
  }
  options_.where = "--data " + std::string(90, 'x');  // a long folder must not widen the page
  const Report report = Made();
  size_t charts = 0;
  for (const ReportSection& section : report.sections) charts += section.charts.size();
  ASSERT_GE(charts, 4u);
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() + "/phone.html")
      << absl::StrReplaceAll(kPhone, {{"$PAGE", absl::Base64Escape(ReportHtml(report))}});
  const std::string command = absl::StrCat(
      "timeout 100 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=5000 "
      "--dump-dom --user-data-dir=",
      folder.path(), "/profile file://", folder.path(), "/phone.html > ", folder.path(),
      "/seen.html 2> /dev/null");
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(folder.path() + "/seen.html");
  const std::string seen(std::istreambuf_iterator<char>(file), {});
  std::smatch found;
  ASSERT_TRUE(std::regex_search(seen, found, std::regex("<pre id=\"found\">([^<]*)</pre>")));
  EXPECT_EQ(found[1].str(), absl::StrCat("width 375, ", charts, " charts drawn, wrong: []"));
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
  EXPECT_EQ(KpiText({"34369.7", "money", "EUR"}), "EUR 34,369.70");
  EXPECT_EQ(KpiText({"34369", "money", "EUR"}), "EUR 34,369");
  EXPECT_EQ(KpiText({"5184000", "duration", ""}), "60.0 days");
  EXPECT_EQ(KpiText({"7200", "duration", ""}), "2.0 h");
  EXPECT_EQ(ChangeText("0.25", "0.2", "ratio"), "+5.0 points");
  EXPECT_EQ(ChangeText("90", "100", "count"), "-10.0 %");
  EXPECT_EQ(ChangeText("90", "0", "count"), "");
}

}  // namespace
}  // namespace revops
