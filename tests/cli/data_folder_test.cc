#include "engine/cli/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/model/model.h"
#include "tests/cli/user.h"

namespace revops {
namespace {

using ::testing::HasSubstr;

constexpr char kVisit[] = R"({"id":"visit-1","source":"web","occurred_at":"1767225600000000",)"
                          R"("subject":[{"kind":"CONTACT","namespace":"crm","value":"ada"}],)"
                          R"("page_view":{"url":"/pricing"}})";

class DataFolderTest : public ::testing::Test {
 protected:
  DataFolderTest() : user_(OpenApi) {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = absl::StrCat(::testing::TempDir(), "/", test->name());
    std::filesystem::remove_all(folder_);
  }
  ~DataFolderTest() override { std::filesystem::remove_all(folder_); }

  ExitCode Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.end(), {"--data", folder_});
    return user_.Run(std::move(arguments), input);
  }

  std::string folder_;
  test::User user_;
};

TEST_F(DataFolderTest, WhatOneCommandPublishesTheNextOneSees) {
  ASSERT_EQ(Run({"publish"}, kVisit), ExitCode::kOk) << user_.err;
  ASSERT_EQ(Run({"timeline", "contact:crm:ada"}), ExitCode::kOk) << user_.err;
  EXPECT_THAT(user_.out, HasSubstr("web/visit-1"));
  EXPECT_THAT(user_.out, HasSubstr("settled"));
  EXPECT_EQ(Run({"get", "journey", "contact:crm:ada"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("touches: 1"));
  EXPECT_EQ(Run({"get", "journey", "contact:crm:bob"}), ExitCode::kNotFound);
  EXPECT_EQ(Run({"verify"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("Equal"));
}

TEST_F(DataFolderTest, PublishingAgainChangesNoView) {
  ASSERT_EQ(Run({"publish"}, kVisit), ExitCode::kOk);
  ASSERT_EQ(Run({"get", "journey", "contact:crm:ada", "--format", "csv"}), ExitCode::kOk);
  const std::string before = user_.out;
  ASSERT_EQ(Run({"publish"}, kVisit), ExitCode::kOk);
  ASSERT_EQ(Run({"get", "journey", "contact:crm:ada", "--format", "csv"}), ExitCode::kOk);
  EXPECT_EQ(user_.out, before);
}

TEST_F(DataFolderTest, AskingMakesNoFolder) {
  EXPECT_EQ(Run({"status"}), ExitCode::kNotFound);
  EXPECT_THAT(user_.err, HasSubstr("holds no data"));
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(DataFolderTest, AFolderThatIsOpenIsRefusedWithTheOwnersPid) {
  const auto owner = OpenDataFolder({.data = folder_, .make = true});
  ASSERT_TRUE(owner.ok()) << owner.status();
  EXPECT_EQ(Run({"status"}), ExitCode::kUnavailable);
  EXPECT_THAT(user_.err, HasSubstr(absl::StrCat("process ", getpid())));
}

TEST_F(DataFolderTest, AFolderKeepsItsModel) {
  ASSERT_EQ(Run({"publish"}, kVisit), ExitCode::kOk);
  std::ifstream file(folder_ + "/model.textproto");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text, RevenueModel::DefaultText());
  ASSERT_EQ(Run({"model", "print"}), ExitCode::kOk);
  EXPECT_EQ(user_.out, text);
}

TEST_F(DataFolderTest, AnotherFoldPartOfTheModelIsAnotherGenerationBesideTheFirst) {
  ASSERT_EQ(Run({"publish"}, kVisit), ExitCode::kOk);
  ASSERT_EQ(Run({"status"}), ExitCode::kOk) << user_.err;
  const std::string first = user_.out;
  const std::string file = ::testing::TempDir() + "/other.textproto";
  const std::string text = absl::StrReplaceAll(RevenueModel::DefaultText(),
                                               {{"half_life_days: 30", "half_life_days: 31"}});
  ASSERT_NE(text, RevenueModel::DefaultText());
  std::ofstream(file) << text;
  ASSERT_TRUE(OpenDataFolder({.data = folder_, .model_file = file}).ok());
  // The folder goes on under the new model, and the first generation stays where it was.
  ASSERT_EQ(Run({"verify"}), ExitCode::kOk) << user_.err;
  ASSERT_EQ(Run({"status"}), ExitCode::kOk) << user_.err;
  EXPECT_NE(user_.out, first);
  int generations = 0;
  for ([[maybe_unused]] const auto& folder :
       std::filesystem::directory_iterator(std::filesystem::path(folder_) / "views")) {
    ++generations;
  }
  EXPECT_EQ(generations, 2);
}

TEST_F(DataFolderTest, AModelWithMistakesMakesNoFolder) {
  const std::string file = ::testing::TempDir() + "/wrong.textproto";
  std::ofstream(file) << "nonsense: 1\n";
  const auto opened = OpenDataFolder({.data = folder_, .model_file = file, .make = true});
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("wrong.textproto:1"));
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(DataFolderTest, AnotherPartitionCountIsRefused) {
  ASSERT_EQ(Run({"publish"}, kVisit), ExitCode::kOk);
  const auto opened = OpenDataFolder({.data = folder_, .partitions = 3, .make = true});
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition) << opened.status();
}

}  // namespace
}  // namespace revops
