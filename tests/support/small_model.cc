#include "tests/support/small_model.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace revops::test {

std::shared_ptr<const RevenueModel> SmallModel(absl::string_view sections) {
  auto model = RevenueModel::Parse(absl::StrCat(R"(name: "test" version: "1" fold {
        time_zone: "UTC"
        pipelines { pipeline {
          pipeline_id: "p"
          stage { stage_id: "new" probability_ppm: 1 }
          stage { stage_id: "won" kind: WON_STAGE }
          stage { stage_id: "lost" kind: LOST_STAGE }
        } }
        )",
                                                sections, "}"),
                                   "test.textproto");
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

}  // namespace revops::test
