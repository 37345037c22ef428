#include "engine/import/time_text.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<int64_t> Read(const std::string& time, absl::string_view text,
                             const std::string& mapping_zone = "") {
  v1::Mapping::Time declared;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(time, &declared)) << time;
  const absl::StatusOr<TimeText> compiled = TimeText::Compile(declared, mapping_zone);
  if (!compiled.ok()) return compiled.status();
  return compiled->Parse(text);
}

TEST(TimeTextTest, ADateIsTheStartOfItsDayInItsZone) {
  EXPECT_EQ(*Read("format: '%Y-%m-%d' precision: DAY", "2017-03-01"), 1488326400'000'000);
  EXPECT_EQ(*Read("format: '%Y-%m-%d' precision: DAY zone: 'Europe/Berlin'", "2017-03-01"),
            1488322800'000'000);
  EXPECT_EQ(*Read("format: '%Y-%m-%d' precision: DAY", "2017-03-01", "Europe/Berlin"),
            1488322800'000'000);
  EXPECT_EQ(*Read("format: '%Y-%m-%d %H:%M' precision: DAY", "2017-03-01 17:45"),
            1488326400'000'000);
  EXPECT_EQ(*Read("format: '%Y-%m-%d' precision: MONTH", "2017-03-31"), 1488326400'000'000);
}

TEST(TimeTextTest, AnInstantKeepsItsFractionAndOffset) {
  EXPECT_EQ(*Read("format: 'RFC3339'", "2018-03-01T10:00:00.123456+01:00"), 1519894800'123'456);
  EXPECT_EQ(*Read("format: '%Y-%m-%d %H:%M:%E*S'", "2018-03-01 09:00:00.5"), 1519894800'500'000);
  EXPECT_EQ(*Read("format: 'EPOCH_MS'", "1564113600000"), 1564113600'000'000);
  EXPECT_EQ(*Read("format: 'EPOCH_S'", "1564113600.25"), 1564113600'250'000);
  EXPECT_EQ(*Read("format: 'EPOCH_US'", "1564113600000001"), 1564113600'000'001);
}

TEST(TimeTextTest, TheFirstFormThatFitsIsTaken) {
  const std::string both = "format: 'RFC3339' format: '%d.%m.%Y'";
  EXPECT_EQ(*Read(both, "01.03.2017"), 1488326400'000'000);
  EXPECT_EQ(*Read(both, "2017-03-01T00:00:00Z"), 1488326400'000'000);
}

TEST(TimeTextTest, WhatIsNoTimeIsRefusedWithItsText) {
  for (const char* text : {"2017-13-01", "2017-02-30", "01/03/2017", "2017-03-01x", "yesterday",
                           "infinite-future", ""}) {
    const absl::Status status = Read("format: '%Y-%m-%d'", text).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("no time of the form %Y-%m-%d")) << text;
  }
}

TEST(TimeTextTest, AbsurdYearsAreRefused) {
  for (const char* text : {"0017-03-01", "9999-12-31", "20177-01-01"}) {
    EXPECT_FALSE(Read("format: '%Y-%m-%d'", text).ok()) << text;
  }
  EXPECT_FALSE(Read("format: 'EPOCH_S'", "1564113600000").ok());  // these were milliseconds
  EXPECT_FALSE(Read("format: 'EPOCH_S'", "99999999999999999999999").ok());
}

TEST(TimeTextTest, AFormThatCannotBeReadIsFoundWhenLoaded) {
  EXPECT_THAT(std::string(Read("format: 'YYYY-MM-DD'", "").status().message()),
              HasSubstr("cannot be read"));
  EXPECT_THAT(std::string(Read("", "").status().message()), HasSubstr("time.format is missing"));
  EXPECT_THAT(std::string(Read("format: 'RFC3339' zone: 'Berlin'", "").status().message()),
              HasSubstr("Berlin"));
}

}  // namespace
}  // namespace revops
