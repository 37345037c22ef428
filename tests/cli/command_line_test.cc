#include "engine/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/cli/scripted_api.h"
#include "tests/cli/user.h"

namespace revops {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest()
      : user_([this](const Target& target) -> absl::StatusOr<std::unique_ptr<Api>> {
          target_ = target;
          if (!open_error_.ok()) return open_error_;
          return std::make_unique<test::ScriptedApi>(script_);
        }) {}

  test::Script script_;
  absl::Status open_error_;
  Target target_;
  test::User user_;
};

TEST_F(CommandLineTest, WhatIsNamedWinsOverTheEnvironment) {
  setenv("REVOPS_KAFKA", "127.0.0.1:9092", 1);
  user_.Run({"status", "--server", "http://127.0.0.1:8420"});
  EXPECT_EQ(target_.server, "http://127.0.0.1:8420");
  EXPECT_THAT(target_.kafka.brokers, IsEmpty());
  setenv("REVOPS_SERVER", "http://127.0.0.1:8422", 1);
  user_.Run({"status", "--kafka", "127.0.0.1:9093", "--data", "views"});
  EXPECT_EQ(target_.kafka.brokers, "127.0.0.1:9093");
  EXPECT_THAT(target_.server, IsEmpty());
  // Two that are only in the environment are one too many.
  EXPECT_EQ(user_.Run({"status"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("REVOPS_SERVER and REVOPS_KAFKA"));
  unsetenv("REVOPS_KAFKA");
  unsetenv("REVOPS_SERVER");
}

TEST_F(CommandLineTest, HelpIsNoErrorAndNamesEveryExitCode) {
  EXPECT_EQ(user_.Run({"--help"}), ExitCode::kOk);
  for (const char* said : {"revops demo", "--server", "--data", "7  verification found"}) {
    EXPECT_THAT(user_.out, HasSubstr(said));
  }
  EXPECT_THAT(user_.err, IsEmpty());
}

TEST_F(CommandLineTest, EveryCommandHelpsWithExamples) {
  for (const char* command :
       {"simulate", "import", "publish", "serve", "get", "list", "timeline", "verify", "log",
        "dead-letters", "model", "status", "views", "demo"}) {
    EXPECT_EQ(user_.Run({command, "--help"}), ExitCode::kOk) << command;
    EXPECT_THAT(user_.out, HasSubstr("Examples:\n  ")) << command;
  }
}

TEST_F(CommandLineTest, WhatIsNotUnderstoodIsUsage) {
  EXPECT_EQ(user_.Run({}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"gett"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("there is no command \"gett\""));
  EXPECT_EQ(user_.Run({"get", "lead"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"get", "lead", "42"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"list", "lead", "--format", "xml"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"list", "lead", "--limit", "-1"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"list", "lead", "--limit", "99999999999"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("error: --limit is 99999999999, which is no number, or one that "
                                   "is too large; see --help"));
  EXPECT_EQ(user_.Run({"list", "lead", "--where", "=3"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"list", "lead", "--at", "yesterday"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"list", "lead", "--columns", "name,nonsense"}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("there is no column \"nonsense\"; there are id, of"));
  EXPECT_EQ(user_.Run({"status", "--server", "x", "--data", "y"}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"serve", "--server", "http://localhost:1"}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, TheTargetIsWhatWasNamedOrTheUsualFolder) {
  user_.Run({"status"});
  EXPECT_EQ(target_.data, "revops-data");
  user_.Run({"--data", "a", "status"});
  EXPECT_EQ(target_.data, "a");
  user_.Run({"status", "--server", "http://localhost:1"});
  EXPECT_EQ(target_.server, "http://localhost:1");
  EXPECT_EQ(target_.data, "");
}

TEST_F(CommandLineTest, EveryErrorOfTheEngineHasItsExitCode) {
  const std::pair<absl::StatusCode, ExitCode> codes[] = {
      {absl::StatusCode::kInvalidArgument, ExitCode::kUsage},
      {absl::StatusCode::kNotFound, ExitCode::kNotFound},
      {absl::StatusCode::kUnavailable, ExitCode::kUnavailable},
      {absl::StatusCode::kDeadlineExceeded, ExitCode::kDeadline},
      {absl::StatusCode::kDataLoss, ExitCode::kDifferent},
      {absl::StatusCode::kInternal, ExitCode::kError}};
  const std::vector<std::vector<std::string>> commands = {{"get", "lead", "contact:crm:1"},
                                                          {"list", "lead"},
                                                          {"timeline", "contact:crm:1"},
                                                          {"dead-letters"},
                                                          {"status"},
                                                          {"views"},
                                                          {"log"},
                                                          {"verify"},
                                                          {"model", "print", "--data", "x"},
                                                          {"publish"}};
  for (const auto& [code, exit] : codes) {
    script_.error = absl::Status(code, "so it is");
    for (const auto& command : commands) {
      EXPECT_EQ(user_.Run(command, "{\"id\":\"1\"}\n"), exit) << command[0];
      EXPECT_THAT(user_.err, HasSubstr("so it is"));
      EXPECT_THAT(user_.out, IsEmpty());
    }
  }
}

TEST_F(CommandLineTest, AFolderInUseIsUnavailable) {
  open_error_ = absl::FailedPreconditionError("folder revops-data is in use by process 123");
  EXPECT_EQ(user_.Run({"status"}), ExitCode::kUnavailable);
  EXPECT_THAT(user_.err, HasSubstr("process 123"));
}

TEST_F(CommandLineTest, ListWritesATableOfWhatSomeRowFills) {
  EXPECT_EQ(user_.Run({"list", "lead"}), ExitCode::kOk);
  EXPECT_EQ(user_.out,
            "id             of                name   employees  annual_revenue\n"
            "contact:crm:1  account:crm:acme  Ada 1         10  EUR 1.00\n"
            "contact:crm:2  account:crm:acme  Ada 2         20  EUR 2.00\n"
            "contact:crm:3  account:crm:acme  Ada 3         30  EUR 3.00\n"
            "settled, model 7, 0 dead letters\n");
}

TEST_F(CommandLineTest, ListWritesCsvOfTheColumnsAskedFor) {
  EXPECT_EQ(user_.Run({"list", "lead", "--format", "csv", "--columns", "name,id", "--limit", "1"}),
            ExitCode::kOk);
  EXPECT_EQ(user_.out, "name,id\nAda 1,contact:crm:1\n");
}

TEST_F(CommandLineTest, ListWritesCsvForSpreadsheetsWithTheSameHeaderWhateverTheRowsHold) {
  EXPECT_EQ(user_.Run({"list", "lead", "--format", "csv", "--limit", "1"}), ExitCode::kOk);
  const std::string header = user_.out.substr(0, user_.out.find('\n'));
  EXPECT_THAT(header, StartsWith("id,of,past,name,"));
  EXPECT_THAT(header, HasSubstr(",annual_revenue,annual_revenue.currency,"));
  EXPECT_THAT(user_.out, HasSubstr(",1.00,EUR,"));
  EXPECT_EQ(user_.Run({"list", "lead", "--format", "csv", "--limit", "2"}), ExitCode::kOk);
  EXPECT_EQ(user_.out.substr(0, user_.out.find('\n')), header);
}

TEST_F(CommandLineTest, WithoutACommandTheHelpIsShown) {
  EXPECT_EQ(user_.Run({}), ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("simulate"));
}

TEST_F(CommandLineTest, AModelIsNotGivenToARunningServer) {
  EXPECT_EQ(user_.Run({"publish", "--server", "http://127.0.0.1:1", "--model", "m.textproto"}),
            ExitCode::kUsage);
  EXPECT_THAT(user_.err, HasSubstr("serve --model"));
}

TEST_F(CommandLineTest, ListWritesTheAnswersOwnJson) {
  EXPECT_EQ(user_.Run({"list", "lead", "--format", "json"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("\"settled\": true"));
  EXPECT_THAT(user_.out, HasSubstr("\"@type\": \"type.googleapis.com/revops.v1.Traits\""));
}

TEST_F(CommandLineTest, ListPagesUntilTheLimit) {
  script_.rows = 2500;
  user_.Run({"list", "lead", "--limit", "0", "--format", "csv"});
  EXPECT_EQ(std::count(user_.out.begin(), user_.out.end(), '\n'), 2501);
  user_.Run({"list", "lead", "--limit", "1500", "--format", "csv"});
  EXPECT_EQ(std::count(user_.out.begin(), user_.out.end(), '\n'), 1501);
  user_.Run({"list", "lead"});
  EXPECT_THAT(user_.out, HasSubstr("There are more: --limit 0 lists all."));
}

TEST_F(CommandLineTest, ListAsksWhatWasSaid) {
  user_.Run({"list", "lead", "--by", "score", "--desc", "--where", "score >= 50", "--where",
             "owner is not set", "--at", "2025-03-04", "--token", "t", "--wait-ms", "5"});
  EXPECT_EQ(script_.listed.index(), "score");
  EXPECT_TRUE(script_.listed.descending());
  EXPECT_EQ(script_.listed.filters(0).op(), v1::Filter::GREATER_OR_EQUAL);
  EXPECT_EQ(script_.listed.filters(0).value(), "50");
  EXPECT_EQ(script_.listed.filters(1).op(), v1::Filter::IS_NOT_SET);
  EXPECT_EQ(script_.listed.at(), 1'741'046'400'000'000);
  EXPECT_EQ(script_.listed.await().token(), "t");
  EXPECT_EQ(script_.listed.await().wait_ms(), 5);
  EXPECT_EQ(script_.listed.page_size(), 20);
}

TEST_F(CommandLineTest, ANarrowScreenShowsWhatFitsAndSaysSo) {
  user_.width = 40;
  user_.Run({"list", "lead"});
  for (absl::string_view line : absl::StrSplit(user_.out, '\n')) {
    if (absl::StartsWith(line, "contact")) {
      EXPECT_LE(line.size(), 40u);
    }
  }
  EXPECT_THAT(user_.out, HasSubstr("more columns"));
}

TEST_F(CommandLineTest, OnlyAPersonSeesColours) {
  user_.Run({"list", "lead"});
  EXPECT_THAT(user_.out, Not(HasSubstr("\x1b")));
  user_.person = true;
  user_.Run({"list", "lead"});
  EXPECT_THAT(user_.out, HasSubstr("\x1b[1m"));
}

TEST_F(CommandLineTest, GetTellsARowInLines) {
  EXPECT_EQ(user_.Run({"get", "lead", "contact:crm:1"}), ExitCode::kOk);
  EXPECT_EQ(script_.got.id().value(), "1");
  EXPECT_THAT(user_.out, StartsWith("contact:crm:1 of account:crm:acme\n  name: Ada 1\n"));
}

TEST_F(CommandLineTest, TimelineTellsEventsAndWhatDoesNotApply) {
  EXPECT_EQ(user_.Run({"timeline", "account:crm:7", "--from", "2025-01-01", "--to",
                       "2025-02-01T00:00:00+01:00"}),
            ExitCode::kOk);
  EXPECT_EQ(script_.timeline.to(), 1'738'364'400'000'000);
  for (const char* said : {"2025-01-01", "webinar.attended", "minutes 42", "web/e1",
                           "does not apply to opportunity", "Journey of account:crm:7"}) {
    EXPECT_THAT(user_.out, HasSubstr(said));
  }
}

TEST_F(CommandLineTest, DeadLettersTellTheReason) {
  EXPECT_EQ(user_.Run({"dead-letters"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("closed without an opening"));
  EXPECT_THAT(user_.out, HasSubstr("(does not decode)"));
}

TEST_F(CommandLineTest, VerifyHasAnExitCodeOfItsOwn) {
  EXPECT_EQ(user_.Run({"verify"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("Equal"));
  script_.equal = false;
  EXPECT_EQ(user_.Run({"verify"}), ExitCode::kDifferent);
  EXPECT_THAT(user_.out, HasSubstr("partition 0: lead contact:crm:42 differs"));
}

TEST_F(CommandLineTest, ProgressIsShownToAPersonAndWipedOff) {
  user_.Run({"verify"});
  EXPECT_THAT(user_.err, IsEmpty());
  user_.person = true;
  user_.Run({"verify"});
  EXPECT_THAT(user_.err, HasSubstr("verifying  50% ["));
  EXPECT_TRUE(absl::EndsWith(user_.err, "\r\x1b[K"));
}

TEST_F(CommandLineTest, LogShowsBytesThatDoNotDecode) {
  EXPECT_EQ(user_.Run({"log", "--from", "41"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("41"));
  EXPECT_THAT(user_.out, HasSubstr("does not decode: ff"));
}

TEST_F(CommandLineTest, ViewsAndTheirFieldsAreListed) {
  EXPECT_EQ(user_.Run({"views"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("score"));
  EXPECT_EQ(user_.Run({"views", "lead"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("fit.points"));
  EXPECT_EQ(user_.Run({"views", "leed"}), ExitCode::kNotFound);
}

TEST_F(CommandLineTest, WithoutAnyFolderTheModelIsTheDefaultOne) {
  open_error_ = absl::NotFoundError("revops-data holds no data");
  EXPECT_EQ(user_.Run({"model"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("# proto-message: revops.v1.RevenueModel"));
  EXPECT_EQ(user_.Run({"model", "print", "--data", "x"}), ExitCode::kNotFound);
}

TEST_F(CommandLineTest, ModelPrintsChecksAndFingerprints) {
  EXPECT_EQ(user_.Run({"model", "print"}), ExitCode::kOk);
  EXPECT_EQ(user_.out, "name: \"in force\"\n");
  EXPECT_EQ(user_.Run({"model", "print", "--default"}), ExitCode::kOk);
  const std::string file = ::testing::TempDir() + "/model.textproto";
  std::ofstream(file) << user_.out;
  EXPECT_EQ(user_.Run({"model", "check", file}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("good"));
  EXPECT_EQ(user_.Run({"model", "fingerprint", file}), ExitCode::kOk);
  const std::string of_file = user_.out;
  EXPECT_EQ(user_.Run({"model", "fingerprint"}), ExitCode::kOk);
  EXPECT_EQ(user_.out, of_file);
  std::ofstream(file) << "nonsense: 1";
  EXPECT_EQ(user_.Run({"model", "check", file}), ExitCode::kUsage);
  EXPECT_EQ(user_.Run({"model", "check", file + ".missing"}), ExitCode::kNotFound);
}

}  // namespace
}  // namespace revops
