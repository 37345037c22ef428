#include "engine/query/limits.h"

#include "gtest/gtest.h"

namespace revops {
namespace {

TEST(PageSizeTest, ZeroIsTheDefaultAndTooMuchIsRefused) {
  EXPECT_EQ(*PageSize(0), kPageSizeDefault);
  EXPECT_EQ(*PageSize(1), 1);
  EXPECT_EQ(*PageSize(kPageSizeMax), kPageSizeMax);
  EXPECT_EQ(PageSize(kPageSizeMax + 1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(PageSize(-1).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PageBudgetTest, APageEndsByRowsKeptRowsExaminedOrBytes) {
  PageBudget by_rows(2);
  by_rows.Keep(1);
  EXPECT_FALSE(by_rows.spent());
  by_rows.Keep(1);
  EXPECT_TRUE(by_rows.spent());

  PageBudget by_examined(100, 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(by_examined.spent());
    by_examined.Examine();
  }
  EXPECT_TRUE(by_examined.spent());

  PageBudget by_bytes(100);
  by_bytes.Keep(kPageBytesMax);
  EXPECT_TRUE(by_bytes.spent());
}

}  // namespace
}  // namespace revops
