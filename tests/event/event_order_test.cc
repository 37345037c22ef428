#include "engine/event/event_order.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

TEST(EventOrderTest, KeysCompareAsTheirPartsDo) {
  std::vector<std::tuple<int64_t, std::string, int64_t, std::string>> all;
  for (const int64_t at : {int64_t{-5}, int64_t{0}, int64_t{7}, int64_t{1} << 40}) {
    for (const char* source : {"a", "ab", "b"}) {
      for (const int64_t sequence : {int64_t{-1}, int64_t{0}, int64_t{255}, int64_t{256}}) {
        for (const char* id : {"1", "10", "2", "é"}) all.emplace_back(at, source, sequence, id);
      }
    }
  }
  std::sort(all.begin(), all.end());
  std::string before;
  for (const auto& [at, source, sequence, id] : all) {
    const std::string key = OrderKey({at, source, sequence, id});
    EXPECT_LT(before, key);
    EXPECT_EQ(InstantOf(key), at);
    before = key;
  }
}

int64_t Normalised(const std::string& rest, int hour) {
  const auto at = NormalisedInstant(EventOf({"e", hour, {}, rest}));
  EXPECT_TRUE(at.ok()) << at.status();
  return at.ok() ? *at - kTestStart : -1;
}

TEST(EventOrderTest, AnInstantStaysAsItIs) {
  EXPECT_EQ(Normalised("page_view {}", 30), 30 * kTestHour);
}

TEST(EventOrderTest, ADayCountsAtItsStartAndAClosingAtItsEnd) {
  EXPECT_EQ(Normalised("occurred_precision: DAY page_view {}", 30), 24 * kTestHour);
  EXPECT_EQ(Normalised("occurred_precision: DAY opportunity_closed {}", 30), 48 * kTestHour - 1);
  EXPECT_EQ(Normalised("occurred_precision: DAY ticket { action: CLOSED }", 30),
            48 * kTestHour - 1);
}

TEST(EventOrderTest, ADayIsThatOfTheEventsZone) {
  // 23:30 UTC is the next day in Berlin, one hour ahead.
  EXPECT_EQ(Normalised("occurred_precision: DAY zone: 'Europe/Berlin' page_view {}", 23),
            23 * kTestHour);
}

TEST(EventOrderTest, AMonthCountsAtItsStartAndAClosingAtItsEnd) {
  EXPECT_EQ(Normalised("occurred_precision: MONTH page_view {}", 300), 0);
  EXPECT_EQ(Normalised("occurred_precision: MONTH opportunity_closed {}", 300),
            31 * 24 * kTestHour - 1);
}

TEST(EventOrderTest, AZoneThatDependsOnTheMachineIsRefused) {
  for (const char* zone : {"Nowhere/Land", "localtime", "/etc/localtime", "../../etc/localtime"}) {
    v1::Event event = EventOf({"e", 1, {}, "occurred_precision: DAY page_view {}"});
    event.set_zone(zone);
    EXPECT_TRUE(absl::IsInvalidArgument(NormalisedInstant(event).status())) << zone;
  }
}

}  // namespace
}  // namespace revops::test
