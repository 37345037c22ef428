// The tour of the README, through the real program: a company is simulated, published, asked for,
// and proven.

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/cli/exit_code.h"
#include "engine/serve/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/system/server.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

int Code(ExitCode code) { return static_cast<int>(code); }

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// A folder into which a small company was published from a file, as the README does.
class TourTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    const std::string file = folder_->path() + "/year.jsonl";
    const ProgramRun simulated =
        RunProgram({"simulate", "--accounts", "8", "--seed", "7", "--out", file});
    ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
    const ProgramRun published =
        RunProgram({"publish", file, "--data", data(), "--format", "json"});
    ASSERT_EQ(published.exit_code, 0) << published.err;
    v1::PublishResponse response;
    ASSERT_TRUE(ParseJson(published.out, &response).ok()) << published.out;
    accepted_ = response.accepted();
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::string data() { return folder_->path() + "/company"; }

  // Asks the folder.
  static ProgramRun Ask(std::vector<std::string> arguments, const std::string& format = "table") {
    for (const std::string& more : {std::string("--data"), data(), std::string("--format"), format})
      arguments.push_back(more);
    return RunProgram(arguments);
  }

  // The JSON answer to a question.
  template <typename Answer>
  static Answer Told(const std::vector<std::string>& arguments) {
    const ProgramRun run = Ask(arguments, "json");
    EXPECT_EQ(run.exit_code, 0) << run.err;
    Answer answer;
    const absl::Status parsed = ParseJson(run.out, &answer);
    EXPECT_TRUE(parsed.ok()) << parsed << ": " << run.out;
    return answer;
  }

  static uint64_t accepted_;

 private:
  static TemporaryFolder* folder_;
};
TemporaryFolder* TourTest::folder_ = nullptr;
uint64_t TourTest::accepted_ = 0;

TEST_F(TourTest, EverythingPublishedIsInTheLogAndAccountedFor) {
  const auto status = Told<v1::StatusResponse>({"status"});
  EXPECT_TRUE(status.seen().settled());
  uint64_t published = 0;
  for (const v1::PartitionStatus& partition : status.partitions()) {
    published += partition.end();
    EXPECT_EQ(partition.lag(), 0u);
    EXPECT_EQ(partition.read(), partition.kept() + partition.duplicate() + partition.forwarded());
  }
  EXPECT_EQ(published, accepted_);
  EXPECT_GT(published, 500u);
}

TEST_F(TourTest, EveryQuestionHasATableJsonAndCsv) {
  const std::vector<std::vector<std::string>> questions = {
      {"list", "lead", "--limit", "5"},
      {"list", "opportunity", "--limit", "5"},
      {"list", "journey", "--limit", "5"},
      {"timeline", "account:crm:a-000001", "--limit", "5"},
      {"dead-letters"},
      {"status"},
      {"views"},
      {"log", "--limit", "5"}};
  for (const std::vector<std::string>& question : questions) {
    SCOPED_TRACE(question[0] + " " + (question.size() > 1 ? question[1] : ""));
    const ProgramRun table = Ask(question, "table");
    EXPECT_EQ(table.exit_code, 0) << table.err;
    EXPECT_GE(Lines(table.out).size(), 2u) << table.out;
    const ProgramRun json = Ask(question, "json");
    EXPECT_EQ(json.exit_code, 0) << json.err;
    EXPECT_THAT(json.out, StartsWith("{"));
    const ProgramRun csv = Ask(question, "csv");
    EXPECT_EQ(csv.exit_code, 0) << csv.err;
    EXPECT_GE(Lines(csv.out).size(), 1u);
    EXPECT_THAT(Lines(csv.out)[0], HasSubstr(","));
  }
}

TEST_F(TourTest, ARowOfAListCanBeGotAndItsStoryTold) {
  // So that the rows in the answer can be read here.
  google::protobuf::LinkMessageReflection<v1::OpportunityView>();
  const auto deals = Told<v1::ListResponse>({"list", "opportunity", "--limit", "1"});
  ASSERT_EQ(deals.rows_size(), 1);
  const v1::Id& id = deals.rows(0).entity();
  const std::string deal = absl::StrCat("opportunity:", id.namespace_(), ":", id.value());
  const auto got = Told<v1::GetResponse>({"get", "opportunity", deal});
  ASSERT_EQ(got.rows_size(), 1);
  EXPECT_EQ(got.rows(0).value().type_url(), deals.rows(0).value().type_url());
  const auto story = Told<v1::TimelineResponse>({"timeline", deal, "--limit", "0"});
  EXPECT_GT(story.entries_size(), 0);
  for (int i = 1; i < story.entries_size(); ++i) {
    // Days and months count at their start or end; instants are in order.
    if (story.entries(i).event().occurred_precision() != v1::INSTANT ||
        story.entries(i - 1).event().occurred_precision() != v1::INSTANT) {
      continue;
    }
    EXPECT_LE(story.entries(i - 1).event().occurred_at(), story.entries(i).event().occurred_at());
  }
}

TEST_F(TourTest, TheBestLeadsAreThoseOfTheHighestScoreAtTheAskingInstant) {
  google::protobuf::LinkMessageReflection<v1::LeadView>();
  std::vector<std::string> orders;
  for (const char* const at : {"2025-06-01", "2026-06-01"}) {
    const auto leads = Told<v1::ListResponse>({"list", "lead", "--limit", "0", "--at", at});
    ASSERT_GT(leads.rows_size(), 10);
    orders.emplace_back();
    int64_t last = INT64_MAX;
    for (const v1::Row& row : leads.rows()) {
      v1::LeadView lead;
      ASSERT_TRUE(row.value().UnpackTo(&lead));
      EXPECT_LE(lead.score(), last);
      last = lead.score();
      absl::StrAppend(&orders.back(), row.entity().value(), " ");
    }
  }
  EXPECT_NE(orders[0], orders[1]);
}

TEST(RankedListTest, TheOrderOfAListOverHttpIsThatOfTheAskingInstant) {
  // A visitor of a webinar in March, and a chief who saw a page: one fits, the other was engaged.
  const auto event = [](int id, const std::string& who, const std::string& body) {
    return absl::StrCat(R"({"id":")", id, R"(","source":"t","occurredAt":"1740823200000000",)",
                        R"("subject":[{"kind":"CONTACT","namespace":"crm","value":")", who,
                        R"("}],)", body, "}");
  };
  Server server;
  const std::string token =
      server
          .Publish({event(1, "fits", R"("traits":{"title":"CEO","seniority":"c_level"})"),
                    event(2, "keen", R"("webinar":{"action":"ATTENDED","minutes":50})"),
                    event(3, "keen", R"("demo":{"action":"HELD"})")})
          .token();
  const auto first = [&](const std::string& at) {
    const HttpAnswer answer =
        server.Post("List", absl::StrCat(R"({"view":"lead","pageSize":1,"at":")", at,
                                         R"(","await":{"token":")", token, "\"}}"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    const size_t entity = answer.body.find("\"entity\"");
    return answer.body.substr(entity, answer.body.find('}', entity) - entity);
  };
  EXPECT_THAT(first("1740823200000000"), HasSubstr("\"keen\""));
  EXPECT_THAT(first("1840823200000000"), HasSubstr("\"fits\""));
}

TEST_F(TourTest, TheModelIsPrintedAndChecked) {
  const ProgramRun printed = Ask({"model", "print"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/model.textproto";
  std::ofstream(file) << printed.out;
  EXPECT_EQ(RunProgram({"model", "check", file}).exit_code, 0);
  std::ofstream(file) << printed.out << "\nbogus: 1\n";
  const ProgramRun refused = RunProgram({"model", "check", file});
  EXPECT_EQ(refused.exit_code, Code(ExitCode::kUsage)) << refused.out << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("bogus"));
}

TEST_F(TourTest, TheViewsAreProven) {
  const ProgramRun verified = Ask({"verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("Equal: "));
}

TEST_F(TourTest, WhatIsNotThereIsToldApartFromWhatIsNotValid) {
  const ProgramRun nobody = Ask({"get", "lead", "contact:crm:nobody"});
  EXPECT_EQ(nobody.exit_code, Code(ExitCode::kNotFound));
  EXPECT_THAT(nobody.err, HasSubstr("contact:crm:nobody"));
  const ProgramRun no_view = Ask({"list", "weather"});
  EXPECT_EQ(no_view.exit_code, Code(ExitCode::kNotFound));
  EXPECT_THAT(no_view.err, HasSubstr("journey, opportunity, lead"));
  EXPECT_EQ(Ask({"get", "lead", "somebody"}).exit_code, Code(ExitCode::kUsage));
  EXPECT_EQ(Ask({"get", "lead"}).exit_code, Code(ExitCode::kUsage));
  EXPECT_EQ(RunProgram({"juggle"}).exit_code, Code(ExitCode::kUsage));
  EXPECT_EQ(RunProgram({"status", "--data", data() + "-not"}).exit_code, Code(ExitCode::kNotFound));
  EXPECT_EQ(RunProgram({"status", "--server", "http://127.0.0.1:1"}).exit_code,
            Code(ExitCode::kUnavailable));
  EXPECT_EQ(Ask({"publish", data() + "/no-file"}).exit_code, Code(ExitCode::kNotFound));
  EXPECT_EQ(Ask({"publish", "/tmp"}).exit_code, Code(ExitCode::kUsage));
}

TEST(FindingTest, VerifyNamesAnEventThatLivesInTwoJourneysHereAndOverHttp) {
  const auto event = [](const std::string& who) {
    return R"({"id":"7","source":"web","occurred_at":"1740823200000000",)"
           R"("subject":[{"kind":"CONTACT","namespace":"crm","value":")" +
           who + R"("}],"page_view":{"url":"/"}})";
  };
  Server server;
  const std::string token = server.Publish({event("ada"), event("bob")}).token();
  EXPECT_EQ(server.Timeline(v1::CONTACT, "crm", "bob", token).size(), 1u);
  constexpr char kFinding[] = "event 7 of source web was published about different subjects";
  const HttpAnswer answer = server.Post("Verify", R"({"stored_only":true})");
  EXPECT_THAT(answer.body, HasSubstr(R"("split_event")"));
  EXPECT_THAT(answer.body, HasSubstr(kFinding));
  const ProgramRun remote = RunProgram({"verify", "--server", server.url()});
  EXPECT_EQ(remote.exit_code, 0) << remote.err;
  EXPECT_THAT(remote.out + remote.err, HasSubstr(kFinding));
  EXPECT_EQ(server.Stop().exit_code, 0);
  const ProgramRun local = RunProgram({"verify", "--data", server.data()});
  EXPECT_EQ(local.exit_code, 0) << local.err;
  EXPECT_THAT(local.out + local.err, HasSubstr(kFinding));
}

TEST(OneOwnerTest, AFolderBeingServedIsRefusedNamingItsOwner) {
  Server server;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve", "--port", "0"}, {"status"}, {"verify"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--data", server.data()});
    const ProgramRun second = RunProgram(arguments);
    EXPECT_EQ(second.exit_code, Code(ExitCode::kUnavailable)) << second.out;
    EXPECT_THAT(second.err, HasSubstr(absl::StrCat("process ", server.pid())));
  }
  EXPECT_EQ(RunProgram({"status", "--server", server.url()}).exit_code, 0);
  EXPECT_EQ(server.Stop().exit_code, 0);
  EXPECT_EQ(RunProgram({"status", "--data", server.data()}).exit_code, 0);
}

TEST(PublishTest, LinesThatAreNoEventsAreNamedAndTheOthersGoThrough) {
  Server server;
  const std::string good =
      R"({"id":"1","source":"web","occurred_at":"1740823200000000",)"
      R"("subject":[{"kind":"CONTACT","namespace":"crm","value":"ada"}],"page_view":{"url":"/"}})";
  const ProgramRun run = RunProgram({"publish", "--server", server.url(), "--format", "json"},
                                    "{\"id\":\n" + good + "\nhello\n{\"id\":\"2\"}\n");
  EXPECT_EQ(run.exit_code, Code(ExitCode::kRefused));
  EXPECT_THAT(run.err, HasSubstr("standard input:1"));
  EXPECT_THAT(run.err, HasSubstr("standard input:3"));
  EXPECT_THAT(run.err, HasSubstr("source is missing"));
  v1::PublishResponse summary;
  ASSERT_TRUE(ParseJson(run.out, &summary).ok()) << run.out;
  EXPECT_EQ(summary.accepted(), 1u);
  EXPECT_EQ(summary.refused(), 3u);
  const ProgramRun seen = RunProgram({"timeline", "contact:crm:ada", "--server", server.url(),
                                      "--token", summary.token(), "--format", "csv"});
  EXPECT_EQ(seen.exit_code, 0) << seen.err;
  EXPECT_EQ(Lines(seen.out).size(), 2u) << seen.out;
}

TEST(DemoTest, TheDemoTellsACompanysStoryTwiceTheSame) {
  const TemporaryFolder folder;
  const std::vector<std::string> demo = {
      "demo", "--data", folder.path() + "/demo", "--accounts", "10", "--days", "330"};
  const ProgramRun first = RunProgram(demo);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("events published and folded"));
  EXPECT_THAT(first.out, HasSubstr("revops attribution"));
  EXPECT_THAT(first.out, HasSubstr("revops timeline"));
  const ProgramRun second = RunProgram(demo);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("holds a company already"));
}

}  // namespace
}  // namespace revops::test
