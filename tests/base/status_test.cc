#include "engine/base/status.h"

#include <gtest/gtest.h>

namespace revops {
namespace {

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}
absl::StatusOr<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}
absl::Status Check(int value) {
  RETURN_IF_ERROR(Half(value).status());
  return absl::OkStatus();
}

TEST(StatusTest, AnnotatingPutsTheWhereBeforeTheWhat) {
  const absl::Status status = Annotate(absl::NotFoundError("no such row"), "lead/7");
  EXPECT_EQ(status, absl::NotFoundError("lead/7: no such row"));
  EXPECT_TRUE(Annotate(absl::OkStatus(), "lead/7").ok());
}

TEST(StatusTest, TheMacrosPassErrorsUpAndValuesOn) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_EQ(Quarter(6).status(), absl::InvalidArgumentError("odd"));
  EXPECT_TRUE(Check(2).ok());
  EXPECT_FALSE(Check(3).ok());
}

TEST(StatusDeathTest, AFailedCheckEndsTheProgramAndSaysWhere) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(REVOPS_CHECK(1 + 1 == 3), "status_test.cc:[0-9]+: CHECK failed: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace revops
