// The demo's story: every part is told, its sums are those of the views, and the commands that it
// prints run and give its numbers.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/money.h"
#include "engine/cli/open.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/cli/user.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::IdOf;
using ::testing::HasSubstr;

// One demo for all tests: it takes a while.
class DemoTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Remove();
    test::User user(OpenApi);
    code_ = user.Run({"demo", "--accounts", "10", "--from", "2025-01-01", "--data", Folder()});
    told_ = user.out;
    errors_ = user.err;
  }
  static void TearDownTestSuite() { Remove(); }
  void SetUp() override { ASSERT_EQ(code_, ExitCode::kOk) << errors_; }

  static std::string Folder() { return ::testing::TempDir() + "/demo-story"; }
  static void Remove() {
    std::filesystem::remove_all(Folder());
    for (const char* day : {"-2025-05-05", "-2025-08-29"}) {
      std::filesystem::remove_all(Folder() + day);
    }
  }

  // From a section's title to the next one.
  static std::string Section(const std::string& title) {
    const size_t begin = told_.find("\n" + title);
    EXPECT_NE(begin, std::string::npos) << title;
    if (begin == std::string::npos) return "";
    return told_.substr(begin, told_.find("\n\n", begin + 1) - begin);
  }

  // The commands of a section, as a user would type them.
  static std::vector<std::vector<std::string>> CommandsOf(const std::string& section) {
    std::vector<std::vector<std::string>> commands;
    for (absl::string_view line : absl::StrSplit(section, '\n')) {
      if (!absl::ConsumePrefix(&line, "$ revops ")) continue;
      std::vector<std::string> arguments;
      std::string argument;
      bool quoted = false;
      for (const char c : std::string(line) + " ") {
        if (c == '\'') {
          quoted = !quoted;
        } else if (c == ' ' && !quoted) {
          arguments.push_back(argument);
          argument.clear();
        } else {
          argument += c;
        }
      }
      commands.push_back(arguments);
    }
    return commands;
  }

  static std::string Run(std::vector<std::string> arguments, const std::string& format = "") {
    test::User user(OpenApi);
    if (!format.empty()) arguments.insert(arguments.end(), {"--format", format});
    EXPECT_EQ(user.Run(arguments), ExitCode::kOk) << arguments[0] << ": " << user.err;
    return user.out;
  }

  static std::vector<std::map<std::string, std::string>> Rows(std::vector<std::string> arguments) {
    const std::string csv = Run(std::move(arguments), "csv");
    std::vector<std::map<std::string, std::string>> rows;
    std::vector<std::string> columns;
    for (const auto line : absl::StrSplit(csv, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> cells = absl::StrSplit(line, ',');
      if (columns.empty()) {
        columns = cells;
        continue;
      }
      rows.emplace_back();
      for (size_t i = 0; i < columns.size() && i < cells.size(); ++i) {
        rows.back()[columns[i]] = cells[i];
      }
    }
    return rows;
  }

  // The numbers of the first line that begins with `name`, commas left out.
  static std::vector<std::string> Line(const std::string& section, const std::string& name) {
    for (const auto line : absl::StrSplit(section, '\n')) {
      if (!absl::StartsWith(line, name)) continue;
      std::vector<std::string> cells;
      for (const auto cell : absl::StrSplit(line.substr(name.size()), ' ', absl::SkipEmpty())) {
        cells.push_back(absl::StrReplaceAll(cell, {{",", ""}}));
      }
      return cells;
    }
    ADD_FAILURE() << "no line " << name << " in " << section;
    return {};
  }

  static ExitCode code_;
  static std::string told_;
  static std::string errors_;
};
ExitCode DemoTest::code_;
std::string DemoTest::told_;
std::string DemoTest::errors_;

TEST_F(DemoTest, EveryCommandOfTheReportRuns) {
  const std::string page = ::testing::TempDir() + "/demo-report.html";
  Run({"report", "--html", page, "--data", Folder()});
  std::ifstream stream(page);
  const std::string html((std::istreambuf_iterator<char>(stream)), {});
  std::filesystem::remove(page);
  std::string commands;
  const std::string begin_of_command = "<code>revops ";
  for (size_t at = html.find(begin_of_command); at != std::string::npos;
       at = html.find(begin_of_command, at + 1)) {
    const size_t begin = at + begin_of_command.size();
    absl::StrAppend(&commands, "$ revops ",
                    absl::StrReplaceAll(html.substr(begin, html.find("</code>", begin) - begin),
                                        {{"&#39;", "'"}, {"&quot;", "\""}, {"&amp;", "&"}}),
                    "\n");
  }
  // Of each KPI, and of each other command, one of each kind of question.
  std::set<std::string> kinds;
  for (const std::vector<std::string>& command : CommandsOf(commands)) {
    std::string kind;
    for (size_t i = 0; i < command.size(); ++i) {
      const bool option = absl::StartsWith(command[i], "--");
      if (i < 3 || option) absl::StrAppend(&kind, command[i], " ");
    }
    if (!kinds.insert(kind).second) continue;
    EXPECT_FALSE(Run(command).empty()) << absl::StrJoin(command, " ");
  }
  EXPECT_GT(kinds.size(), 40);
}

TEST_F(DemoTest, EveryPartIsToldAndEveryCommandPrintedRuns) {
  std::set<std::vector<std::string>> run;
  for (const char* title :
       {"What was read", "Leads: how far", "Pipeline: open deals", "Deals that closed",
        "The best leads", "One account's journey", "Webinar or cold call?",
        "One webinar:", "A campaign with many leads", "A visitor without a name", "History changes",
        "The second quarter after territories", "What does not count", "Money at risk"}) {
    const auto commands = CommandsOf(Section(title));
    EXPECT_FALSE(commands.empty()) << title;
    for (const auto& command : commands) {
      if (command[0] != "simulate" && run.insert(command).second && command.back() == Folder()) {
        EXPECT_FALSE(Run(command).empty()) << title;
      }
    }
  }
  EXPECT_THAT(told_, HasSubstr("What next"));
}

TEST_F(DemoTest, TheFunnelNeverWidensAndBeginsWithAllLeads) {
  const std::string section = Section("Leads: how far");
  const std::vector<std::map<std::string, std::string>> leads =
      Rows({"list", "lead", "--limit", "0", "--data", Folder()});
  int before = static_cast<int>(leads.size());
  EXPECT_EQ(Line(section, "known by name").at(0), absl::StrCat(before));
  for (const char* step : {"engaged", "handed to sales", "accepted by sales", "sales-qualified"}) {
    int people = 0;
    ASSERT_TRUE(absl::SimpleAtoi(Line(section, step).at(0), &people)) << step;
    EXPECT_LE(people, before) << step;
    EXPECT_GT(people, 0) << step;
    before = people;
  }
}

TEST_F(DemoTest, DealsThatClosedAreThoseOfTheList) {
  const std::string section = Section("Deals that closed");
  const auto won = Rows({"list", "opportunity", "--by", "closed", "--where", "state=WON", "--limit",
                         "0", "--data", Folder()});
  EXPECT_GT(won.size(), 0u);
  EXPECT_EQ(Line(section, "WON").at(0), absl::StrCat(won.size()));
}

TEST_F(DemoTest, TheDisputedDealIsSharedOutToTheCentAsItsRowSays) {
  const std::string section = Section("Webinar or cold call?");
  const auto api = OpenApi({.data = Folder()});
  ASSERT_TRUE(api.ok()) << api.status();
  v1::GetRequest request;
  request.set_view("attribution");
  *request.mutable_id() = IdOf("opportunity:crm:o-disputed");
  const auto rows = (*api)->Get(request);
  ASSERT_TRUE(rows.ok()) << rows.status();
  v1::AttributionView view;
  ASSERT_TRUE(rows->rows(0).value().UnpackTo(&view));
  const auto amount = Money::FromProto(view.won().amount());
  ASSERT_TRUE(amount.ok());
  const std::vector<std::string> sums = Line(section, "            sum");
  ASSERT_GE(static_cast<int>(sums.size()), view.won().credits_size());
  for (int model = 0; model < view.won().credits_size(); ++model) {
    int128 sum = 0;
    for (const auto& part : view.won().credits(model).amounts()) {
      sum += Money::FromProto(part)->micros();
    }
    EXPECT_EQ(sum, amount->micros());
    EXPECT_EQ(absl::StrCat("EUR ", sums[static_cast<size_t>(model)]), amount->ToText());
  }
  for (const auto& touch : view.won().touches()) EXPECT_THAT(section, HasSubstr(touch.kind()));
}

TEST_F(DemoTest, TheWebinarsAttendeesAreThoseOfTheCampaignView) {
  const std::string section = Section("One webinar:");
  int64_t attended = 0, in_time = 0, late = 0;
  const auto add = [](const std::map<std::string, std::string>& row, const char* column,
                      int64_t& sum) {
    int64_t number = 0;
    if (row.count(column) > 0 && absl::SimpleAtoi(row.at(column), &number)) sum += number;
  };
  for (const auto& row :
       Rows({"list", "campaign", "--where", "campaign=camp-webinar-05", "--limit", "0", "--columns",
             "attended,contacted_in_time,contacted_late", "--data", Folder()})) {
    add(row, "attended", attended);
    add(row, "contacted_in_time", in_time);
    add(row, "contacted_late", late);
  }
  // The story itself: 18 attend, 7 are called within the day, 6 later, 5 never.
  EXPECT_GE(attended, 18);
  EXPECT_EQ(Line(section, "all")[0], absl::StrCat(attended));
  EXPECT_EQ(Line(section, "contacted in time")[0], absl::StrCat(in_time));
  EXPECT_EQ(Line(section, "contacted late")[0], absl::StrCat(late));
  EXPECT_EQ(Line(section, "not contacted")[0], absl::StrCat(attended - in_time - late));
  EXPECT_GE(in_time, 7);
  EXPECT_GE(late, 6);
}

TEST_F(DemoTest, WhatWasSaidThenCanBeAskedAgainAndIsNotWhatIsSaidNow) {
  const std::string section = Section("A visitor without a name");
  const auto commands = CommandsOf(section);
  ASSERT_GE(commands.size(), 3u);
  EXPECT_EQ(commands[0][0], "simulate");
  Run(commands[0]);
  // touch -> amount under "first", then and now
  const auto credits = [](const std::vector<std::string>& command) {
    std::map<std::string, std::string> of_touch;
    for (const auto& row : Rows(command)) {
      if (row.at("model") == "first" && row.at("amount") != "0.00") {
        of_touch[row.at("who")] = row.at("amount");
      }
    }
    return of_touch;
  };
  const auto then = credits(commands[1]);
  const auto now = credits(commands[2]);
  ASSERT_EQ(then.size(), 1u);
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(then.begin()->first, "contact:crm:c-latename-1");
  EXPECT_EQ(now.begin()->first, "contact:crm:c-latename-2");
  // The whole credit of 2,750 a month for a year, moved.
  EXPECT_EQ(then.begin()->second, "33000.00");
  EXPECT_EQ(now.begin()->second, "33000.00");
  EXPECT_THAT(section, HasSubstr("33,000.00"));
}

TEST_F(DemoTest, ThePraiseOfTheGiveawayCanBeAskedAgainAsOfThen) {
  const std::string section = Section("A campaign with many leads");
  const auto commands = CommandsOf(section);
  ASSERT_EQ(commands.size(), 4u);
  ASSERT_EQ(commands[0][0], "simulate");
  ASSERT_EQ(commands[1][0], "kpi");
  Run(commands[0]);
  double of_giveaway = 0, all = 0;
  for (const auto& row : Rows(commands[1])) {
    double value = 0;
    ASSERT_TRUE(absl::SimpleAtod(row.at("value"), &value)) << row.at("campaign");
    all += value;
    if (row.at("campaign") == "camp-giveaway") of_giveaway = value;
  }
  EXPECT_GT(of_giveaway, 0);
  EXPECT_THAT(section, HasSubstr(absl::StrCat("camp-giveaway brought ", of_giveaway, " of ", all,
                                              " qualified leads")));
  // Today's hand-overs of the campaign are those that the section counts.
  EXPECT_THAT(section, HasSubstr(absl::StrCat("of its ", Rows(commands[2]).size(), " hand-overs")));
}

TEST_F(DemoTest, TheQuarterOfTodayIsWhatItsCommandGives) {
  const std::string section = Section("The second quarter after territories");
  const auto commands = CommandsOf(section);
  ASSERT_EQ(commands.size(), 1u);
  const auto rows = Rows(commands[0]);
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    const std::vector<std::string> cells = Line(section, row.at("team"));
    ASSERT_FALSE(cells.empty());
    double shown = 0, asked = 0;
    ASSERT_TRUE(absl::SimpleAtod(cells.back(), &shown));
    ASSERT_TRUE(absl::SimpleAtod(row.at("value"), &asked));
    EXPECT_NEAR(shown, asked, 0.005) << row.at("team");
  }
  EXPECT_THAT(section, HasSubstr("stays with team-ae-north"));
}

TEST_F(DemoTest, MoneyAtRiskAddsUpOverOwnersAndCountsTheHandOversListed) {
  const std::string section = Section("Money at risk");
  const auto commands = CommandsOf(section);
  ASSERT_EQ(commands.size(), 2u);
  double batons = 0, money = 0;
  for (const auto& row : Rows(commands[0])) {
    double value = 0;
    ASSERT_TRUE(absl::SimpleAtod(row.at("value"), &value)) << row.at("kpi");
    (row.at("kpi") == "dropped_batons" ? batons : money) += value;
  }
  const size_t listed = Rows(commands[1]).size();
  EXPECT_GT(listed, 0u);
  EXPECT_EQ(static_cast<size_t>(batons), listed);
  const std::vector<std::string> all = Line(section, "all");
  ASSERT_EQ(all.size(), 3u);  // hand-overs, EUR, amount
  EXPECT_EQ(all[0], absl::StrCat(listed));
  double shown = 0;
  ASSERT_TRUE(absl::SimpleAtod(all[2], &shown));
  EXPECT_NEAR(shown, money, 0.02);
  EXPECT_GT(money, 0);
}

TEST_F(DemoTest, ToldAgainItIsTheSameStory) {
  test::User user(OpenApi);
  ASSERT_EQ(user.Run({"demo", "--data", Folder()}), ExitCode::kOk) << user.err;
  EXPECT_THAT(user.out, HasSubstr("holds a company already"));
  EXPECT_THAT(user.out, HasSubstr(Section("A visitor without a name")));
  EXPECT_THAT(user.out, HasSubstr(Section("A campaign with many leads")));
}

}  // namespace
}  // namespace revops
