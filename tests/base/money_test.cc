#include "engine/base/money.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <random>

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int128 kMax = static_cast<int128>(~uint128{0} >> 1);
constexpr int128 kMin = -kMax - 1;

Currency Code(absl::string_view code) { return Currency::Parse(code).value(); }
Money Euros(int128 micros) { return Money(Code("EUR"), micros); }

v1::Money Wire(absl::string_view code, int64_t units, int32_t nanos) {
  v1::Money proto;
  proto.set_currency_code(std::string(code));
  proto.set_units(units);
  proto.set_nanos(nanos);
  return proto;
}

std::vector<int128> Parts(int128 amount, std::vector<int64_t> weights) {
  return SplitByLargestRemainder(amount, weights).value();
}

void ExpectRefused(const absl::Status& status, absl::string_view words) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(words)));
}

TEST(CurrencyTest, KeepsItsLettersThroughThePackedForm) {
  EXPECT_EQ(Code("EUR").packed(), 0x455552u);
  EXPECT_EQ(Currency::FromPacked(0x455552u).value().code(), "EUR");
}

TEST(CurrencyTest, RefusesWhatIsNotThreeUpperCaseLetters) {
  ExpectRefused(Currency::Parse("").status(), "missing its currency");
  for (const char* code : {"eur", "EU", "EURO", "E1R", "E R"}) {
    ExpectRefused(Currency::Parse(code).status(), "is not an ISO 4217 code");
  }
  EXPECT_FALSE(Currency::FromPacked(0).ok());
  EXPECT_FALSE(Currency::FromPacked(0x01455552u).ok());
}

TEST(CurrencyTest, KnowsTheMinorUnits) {
  EXPECT_EQ(Code("EUR").minor_digits(), 2);
  EXPECT_EQ(Code("JPY").minor_digits(), 0);
  EXPECT_EQ(Code("KRW").minor_digits(), 0);
  EXPECT_EQ(Code("CLP").minor_digits(), 0);
  EXPECT_EQ(Code("CLF").minor_digits(), 4);
  EXPECT_EQ(Code("BHD").minor_digits(), 3);
  EXPECT_EQ(Code("KWD").minor_digits(), 3);
  EXPECT_EQ(Code("QQQ").minor_digits(), 2);
  EXPECT_EQ(Code("EUR").micros_per_minor(), 10'000);
  EXPECT_EQ(Code("JPY").micros_per_minor(), 1'000'000);
  EXPECT_EQ(Code("CLF").micros_per_minor(), 100);
}

TEST(MoneyTest, GoesThroughTheWireFormUnchanged) {
  for (const v1::Money& wire :
       {Wire("EUR", 12, 340'000'000), Wire("EUR", -12, -340'000'000), Wire("JPY", 0, -1000),
        Wire("USD", std::numeric_limits<int64_t>::max(), 999'999'000),
        Wire("USD", std::numeric_limits<int64_t>::min(), -999'999'000), Wire("USD", 0, 0)}) {
    const absl::StatusOr<Money> money = Money::FromProto(wire);
    ASSERT_TRUE(money.ok()) << money.status();
    EXPECT_EQ(money->ToProto().value().SerializeAsString(), wire.SerializeAsString());
  }
  EXPECT_TRUE(Money::FromProto(Wire("EUR", 12, 340'000'000)).value() == Euros(12'340'000));
}

TEST(MoneyTest, RefusesWireFormsThatAreNotAnAmount) {
  ExpectRefused(Money::FromProto(Wire("", 1, 0)).status(), "missing its currency");
  ExpectRefused(Money::FromProto(Wire("EUR", 0, 1'000'000'000)).status(), "outside");
  ExpectRefused(Money::FromProto(Wire("EUR", 0, -1'000'000'000)).status(), "outside");
  ExpectRefused(Money::FromProto(Wire("EUR", 1, -1000)).status(), "differ in sign");
  ExpectRefused(Money::FromProto(Wire("EUR", -1, 1000)).status(), "differ in sign");
  ExpectRefused(Money::FromProto(Wire("EUR", 1, 1)).status(), "fraction of a micro");
}

TEST(MoneyTest, DoesNotFitTheWireBeyond64BitUnits) {
  const int128 units = static_cast<int128>(std::numeric_limits<int64_t>::max()) + 1;
  ExpectRefused(Euros(units * kMicrosPerUnit).ToProto().status(), "64-bit units");
  EXPECT_TRUE(Euros(-units * kMicrosPerUnit).ToProto().ok());
}

TEST(MoneyTest, AddsAndSubtractsWithinOneCurrencyOnly) {
  EXPECT_TRUE(Euros(5).Plus(Euros(-7)).value() == Euros(-2));
  EXPECT_TRUE(Euros(5).Minus(Euros(-7)).value() == Euros(12));
  const Money yen(Code("JPY"), 5);
  ExpectRefused(Euros(5).Plus(yen).status(), "EUR with JPY");
  ExpectRefused(Euros(5).Minus(yen).status(), "EUR with JPY");
}

TEST(MoneyTest, NoticesThatASumLeaves128Bits) {
  ExpectRefused(Euros(kMax).Plus(Euros(1)).status(), "does not fit 128 bits");
  ExpectRefused(Euros(kMin).Minus(Euros(1)).status(), "does not fit 128 bits");
  EXPECT_TRUE(Euros(kMax).Plus(Euros(kMin)).value() == Euros(-1));
}

TEST(MoneyTest, RoundsHalfAMinorUnitAwayFromZero) {
  EXPECT_TRUE(Euros(14'999).RoundedToMinor() == 1);
  EXPECT_TRUE(Euros(15'000).RoundedToMinor() == 2);
  EXPECT_TRUE(Euros(-14'999).RoundedToMinor() == -1);
  EXPECT_TRUE(Euros(-15'000).RoundedToMinor() == -2);
  EXPECT_TRUE(Money(Code("JPY"), 1'499'999).RoundedToMinor() == 1);
}

TEST(MoneyTest, WritesTheDigitsOfItsMinorUnit) {
  EXPECT_EQ(Euros(1'234'500'000).ToText(), "EUR 1234.50");
  EXPECT_EQ(Euros(-1).ToText(), "EUR -0.000001");
  EXPECT_EQ(Money(Code("JPY"), 5'000'000).ToText(), "JPY 5");
  EXPECT_EQ(Money(Code("KWD"), 5'000'000).ToText(), "KWD 5.000");
  EXPECT_EQ(Euros(kMin).ToText(), "EUR -170141183460469231731687303715884.105728");
}

TEST(MoneyTest, SharesSumToTheAmountToTheMicro) {
  const std::vector<Money> shares = Euros(100'004'321).Split({1, 1, 1}).value();
  // 10,000 cents and 4,321 micros: the first of the equals takes the odd cent and the micros.
  EXPECT_TRUE(shares[0] == Euros(33'344'321));
  EXPECT_TRUE(shares[1] == Euros(33'330'000));
  EXPECT_TRUE(shares[2] == Euros(33'330'000));
}

TEST(SplitTest, GivesTheRestToTheLargestFractions) {
  EXPECT_THAT(Parts(100, {1, 1, 1}), ElementsAre(34, 33, 33));
  EXPECT_THAT(Parts(-100, {1, 1, 1}), ElementsAre(-34, -33, -33));
  EXPECT_THAT(Parts(10, {30, 40, 30}), ElementsAre(3, 4, 3));
  EXPECT_THAT(Parts(11, {15, 15, 70}), ElementsAre(2, 1, 8));
  EXPECT_THAT(Parts(7, {0, 1, 0}), ElementsAre(0, 7, 0));
  EXPECT_THAT(Parts(0, {1, 2}), ElementsAre(0, 0));
}

TEST(SplitTest, RefusesWeightsThatSayNothing) {
  ExpectRefused(SplitByLargestRemainder(1, {}).status(), "sum to zero");
  ExpectRefused(SplitByLargestRemainder(1, {0, 0}).status(), "sum to zero");
  ExpectRefused(SplitByLargestRemainder(1, {1, -1}).status(), "weight 1 is -1");
  const int64_t max = std::numeric_limits<int64_t>::max();
  ExpectRefused(SplitByLargestRemainder(1, {max, 1}).status(), "2^63");
}

TEST(SplitTest, HoldsAtTheEdgesOf128Bits) {
  const int64_t max = std::numeric_limits<int64_t>::max();
  for (const int128 amount : {kMax, kMin, kMax - 1, kMin + 1}) {
    const std::vector<int128> parts = Parts(amount, {max / 3, max / 3, max / 3, 1});
    int128 sum = 0;
    for (const int128 part : parts) sum += part;
    EXPECT_TRUE(sum == amount);
  }
}

TEST(SplitTest, PartsSumToTheAmountAndStayWithinOneOfTheExactShare) {
  const uint64_t seed = 20240229;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<int64_t> weights(1 + random() % 9);
    for (int64_t& weight : weights) weight = static_cast<int64_t>(random() % 1000);
    weights[random() % weights.size()] += 1;
    const int128 total = std::accumulate(weights.begin(), weights.end(), int128{0});
    const int128 amount = static_cast<int64_t>(random()) >> (random() % 63);

    const std::vector<int128> parts = Parts(amount, weights);
    int128 sum = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      sum += parts[i];
      const int128 distance = parts[i] * total - amount * weights[i];
      ASSERT_TRUE(distance < total && distance > -total);
      ASSERT_TRUE(weights[i] > 0 || parts[i] == 0);
    }
    ASSERT_TRUE(sum == amount);
  }
}

}  // namespace
}  // namespace revops
