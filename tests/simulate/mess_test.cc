// The mess of a simulated year keeps to its shares.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "tests/simulate/simulated_year.h"

namespace revops {
namespace {

using test::Copies;
using test::CopiesOf;
using test::EventsOf;
using test::Year;

constexpr int64_t kDay = 86'400'000'000;

// Of `part` in all events of the year, in millionths.
int64_t Ppm(size_t part) {
  return static_cast<int64_t>(part) * 1'000'000 / static_cast<int64_t>(Year().size());
}

// Without when it arrived, as copies are compared.
std::string Content(const v1::Event& event) {
  v1::Event content = event;
  content.clear_recorded_at();
  return content.SerializeAsString();
}

TEST(MessTest, CopiesOfAnIdAreDuplicatesRevisionsOrContradictionsInTheirShares) {
  size_t duplicates = 0, revised = 0, contradicted = 0, voided = 0;
  for (const auto& [key, copies] : CopiesOf(Year())) {
    std::set<std::string> contents;
    std::set<uint32_t> revisions;
    bool is_voided = false;
    for (const v1::Event* copy : copies) {
      if (!contents.insert(Content(*copy)).second) ++duplicates;
      revisions.insert(copy->revision());
      is_voided |= copy->voided();
    }
    if (is_voided) {
      ++voided;
    } else if (revisions.size() > 1) {
      ++revised;
    } else if (contents.size() > 1) {
      ++contradicted;
    }
    EXPECT_LE(copies.size(), 3u) << key.first << "/" << key.second;
  }
  EXPECT_GT(Ppm(duplicates), 10'000);
  EXPECT_LT(Ppm(duplicates), 20'000);
  EXPECT_GT(Ppm(revised), 4'500);
  EXPECT_LT(Ppm(revised), 10'000);
  EXPECT_GT(Ppm(contradicted), 800);
  EXPECT_LT(Ppm(contradicted), 3'500);
  EXPECT_GT(Ppm(voided), 1'500);
  EXPECT_LT(Ppm(voided), 5'000);
}

TEST(MessTest, AFewPercentOfTheEventsAreDaysLate) {
  size_t late = 0, very_late = 0;
  for (const v1::Event& event : Year()) {
    if (event.source() != "web") continue;
    const int64_t delay = event.recorded_at() - event.occurred_at();
    if (delay > kDay) ++late;
    if (delay > 10 * kDay) ++very_late;
  }
  size_t web = 0;
  for (const v1::Event& event : Year()) web += event.source() == "web" ? 1 : 0;
  EXPECT_GT(late, web * 25 / 1000);
  EXPECT_LT(late, web * 60 / 1000);
  EXPECT_GT(very_late, 0u);
  EXPECT_LT(very_late, web * 12 / 1000);
}

TEST(MessTest, SomeCorrectionsOvertakeWhatTheyCorrect) {
  size_t overtaken = 0;
  for (const auto& [key, copies] : CopiesOf(Year())) {
    if (copies.size() > 1 && copies[0]->revision() > copies[1]->revision()) ++overtaken;
  }
  EXPECT_GT(overtaken, 0u);
}

TEST(MessTest, RobotsColleaguesMailServersAndTestsAreInIt) {
  size_t declared = 0, only_agent = 0, internal = 0, prefetch = 0, tests = 0;
  for (const v1::Event& event : Year()) {
    const bool agent = absl::StrContains(event.user_agent(), "bot") ||
                       absl::StrContains(event.user_agent(), "Headless") ||
                       absl::StrContains(event.user_agent(), "python");
    declared += event.traffic() == v1::TRAFFIC_BOT ? 1 : 0;
    only_agent += agent && event.traffic() == v1::TRAFFIC_UNKNOWN ? 1 : 0;
    internal += event.traffic() == v1::TRAFFIC_INTERNAL ? 1 : 0;
    prefetch += event.traffic() == v1::TRAFFIC_MAIL_PREFETCH ? 1 : 0;
    tests += event.environment() == v1::TEST ? 1 : 0;
  }
  EXPECT_GT(declared, 100u);
  EXPECT_GT(only_agent, 100u);
  EXPECT_GT(internal, 20u);
  EXPECT_GT(prefetch, 100u);
  EXPECT_GT(Ppm(tests), 800);
  EXPECT_LT(Ppm(tests), 3'500);
}

TEST(MessTest, ImportsKnowTheDayAndOnlySomeTheZone) {
  size_t with_zone = 0, without_zone = 0;
  for (const v1::Event& event : Year()) {
    if (event.occurred_precision() != v1::DAY) continue;
    ++(event.zone().empty() ? without_zone : with_zone);
    EXPECT_EQ(event.occurred_at() % kDay, kDay / 2) << event.id();
  }
  EXPECT_GT(with_zone, 10u);
  EXPECT_GT(without_zone, 10u);
}

TEST(MessTest, WithoutNoiseEveryEventArrivesOnceAndCounts) {
  SimulationOptions options;
  options.accounts = 40;
  options.noise.enabled = false;
  const std::vector<v1::Event> events = EventsOf(options);
  for (const auto& [key, copies] : CopiesOf(events)) {
    EXPECT_EQ(copies.size(), 1u) << key.first << "/" << key.second;
    EXPECT_EQ(copies[0]->revision(), 0u);
    EXPECT_EQ(copies[0]->traffic(), v1::TRAFFIC_UNKNOWN);
    EXPECT_EQ(copies[0]->environment(), v1::ENVIRONMENT_UNSPECIFIED);
  }
}

}  // namespace
}  // namespace revops
