// What `revops attribution` asks, and how it shows the answer.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/scripted_api.h"
#include "tests/cli/user.h"

namespace revops {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AttributionCommandTest : public ::testing::Test {
 protected:
  AttributionCommandTest()
      : user_([this](const Target&) -> absl::StatusOr<std::unique_ptr<Api>> {
          return std::make_unique<test::ScriptedApi>(script_);
        }) {}

  test::Script script_;
  test::User user_;
};

TEST_F(AttributionCommandTest, OfAPeriodAmountsStandBesideTheRemovalEffects) {
  ASSERT_EQ(user_.Run({"attribution", "--from", "2025-01-01", "--to", "2025-04-01"}),
            ExitCode::kOk);
  EXPECT_EQ(script_.attribution.from_day(), "2025-01-01");
  EXPECT_EQ(script_.attribution.end_day(), "2025-04-01");
  EXPECT_FALSE(script_.attribution.has_deal());
  EXPECT_THAT(user_.out, HasSubstr("0.7366"));
  EXPECT_THAT(user_.out, HasSubstr("60.00"));
  EXPECT_THAT(user_.out, HasSubstr("unattributed"));
  EXPECT_THAT(user_.out, HasSubstr("100.00"));
  EXPECT_THAT(user_.out, HasSubstr("each model shares out the same sum"));
  ASSERT_EQ(user_.Run({"attribution", "--show", "deals"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, Not(HasSubstr("60.00")));
  EXPECT_EQ(user_.Run({"attribution", "--show", "money"}), ExitCode::kUsage);
}

TEST_F(AttributionCommandTest, OfADealEachTouchStandsWithItsCreditAndHowToExplainIt) {
  ASSERT_EQ(user_.Run({"attribution", "opportunity:crm:7", "--opened"}), ExitCode::kOk);
  EXPECT_EQ(script_.attribution.deal().value(), "7");
  EXPECT_EQ(script_.attribution.anchor(), v1::AttributionRequest::OPENED);
  EXPECT_THAT(user_.out, HasSubstr("webinar.attended"));
  EXPECT_THAT(user_.out, HasSubstr("w-17"));
  EXPECT_THAT(user_.out, HasSubstr("revops explain attribution opportunity:crm:7"));
  EXPECT_EQ(user_.Run({"attribution", "7"}), ExitCode::kUsage);
}

TEST_F(AttributionCommandTest, ProgramsGetALineForEachModelAndTouch) {
  ASSERT_EQ(user_.Run({"attribution", "opportunity:crm:7", "--format", "csv"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("model,channel,currency,share,deals,amount,effect,time,kind"));
  EXPECT_THAT(user_.out, HasSubstr("linear,webinar,EUR,0.60,,60.00,"));
  EXPECT_THAT(user_.out, HasSubstr("markov,unattributed,EUR,0.60,,60.00,"));
  ASSERT_EQ(user_.Run({"attribution", "--format", "json"}), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("\"effect\""));
}

}  // namespace
}  // namespace revops
