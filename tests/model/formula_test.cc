#include "engine/model/formula.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::HasSubstr;
using Kind = Formula::Kind;

FormulaPtr Parsed(absl::string_view text) {
  auto formula = ParseFormula(text);
  EXPECT_TRUE(formula.ok()) << text << ": " << formula.status();
  return formula.ok() ? *formula : nullptr;
}

// Every part in parentheses, so that what binds to what can be seen.
std::string Shown(const Formula& formula) {
  switch (formula.kind) {
    case Kind::kNumber:
      return formula.name;
    case Kind::kMeasure:
      return TextOf(formula.use);
    case Kind::kKpi:
      return "kpi(" + formula.name + ")";
    case Kind::kConstant:
      return "constant(" + formula.name + ")";
    case Kind::kPositive:
      return "positive(" + Shown(*formula.left) + ")";
    default:
      break;
  }
  const char* sign = formula.kind == Kind::kAdd        ? "+"
                     : formula.kind == Kind::kSubtract ? "-"
                     : formula.kind == Kind::kMultiply ? "*"
                                                       : "/";
  return "(" + Shown(*formula.left) + sign + Shown(*formula.right) + ")";
}

TEST(FormulaTest, TimesAndOverBindStrongerThanPlusAndMinusAndFromTheLeft) {
  EXPECT_EQ(Shown(*Parsed("a + b * c - d / e / f")), "((a+(b*c))-((d/e)/f))");
  EXPECT_EQ(Shown(*Parsed("(a + b) * -c")), "((a+b)*(0-c))");
  EXPECT_EQ(Shown(*Parsed("0.25 * kpi(x) * constant(y)")), "((0.25*kpi(x))*constant(y))");
}

TEST(FormulaTest, ConditionsTakeWordsQuotedTextsAndSeveralValues) {
  EXPECT_EQ(Shown(*Parsed("closed_count[outcome=won|lost, pipeline=\"new business\"]")),
            "closed_count[outcome=won|lost, pipeline=new business]");
  const FormulaPtr nothing = Parsed("target[slice=\"\"]");
  ASSERT_EQ(nothing->use.where.size(), 1u);
  EXPECT_EQ(nothing->use.where[0].values, std::vector<std::string>{""});
  EXPECT_TRUE(Parsed("open[close_month=@period]")->use.where[0].values.empty());
}

TEST(FormulaTest, WhatACallSaysHoldsForAllMeasuresInIt) {
  EXPECT_EQ(Shown(*Parsed("closing(a + b[x=y]) / whole(c)")),
            "((closing(a)+closing(b[x=y]))/whole(c))");
  EXPECT_EQ(Shown(*Parsed("p90(seconds[part=human])")), "p90(seconds[part=human])");
  const FormulaPtr shifted = Parsed("shifted(spend, kpi(cycle)) / new_customers");
  ASSERT_NE(shifted->left->use.shifted_by, nullptr);
  EXPECT_EQ(Shown(*shifted->left->use.shifted_by), "kpi(cycle)");
  EXPECT_EQ(shifted->right->use.shifted_by, nullptr);
}

TEST(FormulaTest, AMistakeIsNamedByItsColumn) {
  const struct {
    const char* text;
    const char* mistake;
  } scenarios[] = {
      {"", "column 1: a measure, number or call is missing; the formula ends"},
      {"a +", "column 4: a measure, number or call is missing"},
      {"a b", "column 3: nothing more was expected here; it says \"b\""},
      {"(a", "column 3: a \")\" is missing"},
      {"a[x=1", "column 6: a \"]\" is missing"},
      {"a[=1]", "column 3: a dimension is missing"},
      {"a[x=]", "column 5: a value is missing"},
      {"a[x=\"y]", "column 6: the closing quote is missing"},
      {"1.", "is no number; write 12 or 0.25"},
      {"1.0000000001", "is no number"},
      {"median(a)", "there is no median(…); calls are opening"},
      {"shifted(a)", "column 10: a \",\" is missing"},
  };
  for (const auto& scenario : scenarios) {
    const auto formula = ParseFormula(scenario.text);
    ASSERT_FALSE(formula.ok()) << scenario.text;
    EXPECT_THAT(std::string(formula.status().message()), HasSubstr(scenario.mistake))
        << scenario.text;
  }
  EXPECT_FALSE(ParseFormula(std::string(100, '(')).ok());
  EXPECT_FALSE(ParseFormula(std::string(5000, '1')).ok());
}

}  // namespace
}  // namespace revops
