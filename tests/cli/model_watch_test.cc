#include "engine/cli/model_watch.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/serve/local_api.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ModelWatchTest : public ::testing::Test {
 protected:
  ModelWatchTest()
      : file_(folder_.path() + "/model.textproto"),
        text_(RevenueModel::DefaultText()),
        api_(small_.engine(), &small_.ingest(), small_.clock(), {"1", text_, ""}),
        watch_(
            file_, text_, small_.engine().registry(),
            [this](std::shared_ptr<const RevenueModel> model, std::string text) {
              const absl::Status status = small_.engine().TakeAskPart(std::move(model));
              if (status.ok()) api_.SetModelText(std::move(text));
              return status;
            },
            [this](const std::string& what) { said_.push_back(what); }) {}

  // Writes the file so that it is seen to have changed, however coarse the disk's clock.
  void Write(const std::string& text) {
    std::ofstream(file_) << text;
    std::filesystem::last_write_time(
        file_, std::filesystem::file_time_type() + std::chrono::hours(++writes_));
  }
  std::string With(const std::string& before, const std::string& after) const {
    return absl::StrReplaceAll(text_, {{before, after}});
  }
  // The label of the KPI "touches", and the text that Model gives.
  std::string Label() {
    v1::KpiRequest request;
    request.add_names("touches");
    const auto response = api_.Kpi(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->kpis(0).label() : "";
  }

  const test::TemporaryFolder folder_;
  const std::string file_;
  const std::string text_;
  test::SmallEngine small_;
  LocalApi api_;
  std::vector<std::string> said_;
  int writes_ = 0;
  ModelWatch watch_;
};

TEST_F(ModelWatchTest, AnotherAskPartIsAnsweredUnderAtOnce) {
  watch_.Look();  // there is no file yet
  Write(text_);
  watch_.Look();
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(Label(), "Touches");
  Write(With("label: \"Touches\"", "label: \"Meetings of minds\""));
  watch_.Look();
  watch_.Look();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("answers are given under it from now on")));
  EXPECT_EQ(Label(), "Meetings of minds");
  EXPECT_THAT(api_.Model({})->text(), HasSubstr("Meetings of minds"));
}

TEST_F(ModelWatchTest, AWrongFileIsRefusedInWordsAndWhatWasStays) {
  Write(With("label: \"Touches\"", "label: \"Changed\""));
  watch_.Look();
  said_.clear();
  Write(With("formula: \"touches\"", "formula: \"touches +\""));
  watch_.Look();
  EXPECT_THAT(said_,
              ElementsAre(testing::AllOf(HasSubstr("is refused, the model before stays in force"),
                                         HasSubstr(file_ + ":"), HasSubstr("the formula ends"))));
  EXPECT_EQ(Label(), "Changed");
  said_.clear();
  Write(With("formula: \"touches\"", "formula: \"no_such_measure\""));
  watch_.Look();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("no_such_measure")));
  EXPECT_EQ(Label(), "Changed");
  // And taken once it is right.
  Write(text_);
  watch_.Look();
  EXPECT_EQ(Label(), "Touches");
}

TEST_F(ModelWatchTest, AnotherFoldPartIsAnotherGenerationAndRefused) {
  Write(With("new_after_months: 12", "new_after_months: 13"));
  watch_.Look();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("its fold part is another")));
  EXPECT_EQ(api_.Model({})->text(), text_);
}

}  // namespace
}  // namespace revops
