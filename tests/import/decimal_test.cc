#include "engine/import/decimal.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::HasSubstr;

std::string Read(absl::string_view text, const DecimalForm& form = {.decimals = 6}) {
  const absl::StatusOr<int128> value = ParseDecimal(text, form);
  return value.ok() ? ToDecimal(*value) : std::string(value.status().message());
}

TEST(DecimalTest, DecimalsAreTakenExactly) {
  EXPECT_EQ(Read("1054"), "1054000000");
  EXPECT_EQ(Read("0.1"), "100000");
  EXPECT_EQ(Read("-12.345678"), "-12345678");
  EXPECT_EQ(Read("+.5"), "500000");
  EXPECT_EQ(Read("7."), "7000000");
  EXPECT_EQ(Read("-0"), "0");
}

TEST(DecimalTest, ZerosBeyondTheLastDecimalAreNoDecimals) {
  EXPECT_EQ(Read("1.50000000000000000000"), "1500000");
  EXPECT_THAT(Read("1.0000001"), HasSubstr("more than 6 decimals"));
  EXPECT_THAT(Read("1.5", {.decimals = 0}), HasSubstr("more than 0 decimals"));
  EXPECT_EQ(Read("3.0", {.decimals = 0}), "3");
}

TEST(DecimalTest, NumbersBeyondDoublesKeepEveryDigit) {
  EXPECT_EQ(Read("1736877279422521345", {.decimals = 0}), "1736877279422521345");
  EXPECT_EQ(Read("99999999999999999999999999999999999999", {.decimals = 0}),
            "99999999999999999999999999999999999999");
}

TEST(DecimalTest, AnExponentMovesThePoint) {
  EXPECT_EQ(Read("1.25e3"), "1250000000");
  EXPECT_EQ(Read("5E-1"), "500000");
  EXPECT_THAT(Read("1e-7"), HasSubstr("more than 6 decimals"));
  EXPECT_THAT(Read("1e41"), HasSubstr("not a number"));
  EXPECT_THAT(Read("1e"), HasSubstr("not a number"));
  EXPECT_THAT(Read("1e 3"), HasSubstr("not a number"));
}

TEST(DecimalTest, WhatIsTooLargeIsRefused) {
  EXPECT_THAT(Read("999999999999999999999999999999999"), HasSubstr("too large"));
  EXPECT_THAT(Read("1e40"), HasSubstr("too large"));
}

TEST(DecimalTest, GroupMarksStandBetweenThreeDigitsOnly) {
  const DecimalForm english{.decimals = 2, .decimal_mark = '.', .group_mark = ','};
  const DecimalForm german{.decimals = 2, .decimal_mark = ',', .group_mark = '.'};
  EXPECT_EQ(Read("1,234,567.89", english), "123456789");
  EXPECT_EQ(Read("1.234.567,89", german), "123456789");
  EXPECT_EQ(Read("123", english), "12300");
  for (const char* text : {"12,34", "1,2345", ",123", "1,,234", "1,234,", "1,23.4"}) {
    EXPECT_THAT(Read(text, english), HasSubstr("not a number")) << text;
  }
}

TEST(DecimalTest, AnythingElseIsNoNumber) {
  for (const char* text :
       {"", "-", ".", "abc", "1 2", "$5", "1.2.3", "NaN", "inf", "0x10", "--1", "1,5", "١"}) {
    EXPECT_THAT(Read(text), HasSubstr("not a number")) << text;
  }
}

}  // namespace
}  // namespace revops
