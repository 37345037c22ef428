#include "engine/serve/operations_log.h"

#include <sstream>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace revops {
namespace {

TEST(OperationsLogTest, AnEventIsOneLineOfJsonWithItsTime) {
  std::ostringstream out;
  const ManualClock clock(1'772'366'400'000'001);  // 2026-03-01T12:00:00.000001Z
  OperationsLog log(out, clock);
  log.Say("partitions", {{"owned", "0,1"}, {"micros", "17"}});
  EXPECT_EQ(out.str(),
            "{\"at\":\"2026-03-01T12:00:00.000001Z\",\"event\":\"partitions\","
            "\"owned\":\"0,1\",\"micros\":\"17\"}\n");
}

TEST(OperationsLogTest, WhateverAFieldHoldsTheLineStaysOneLineOfJson) {
  std::ostringstream out;
  const ManualClock clock(0);
  OperationsLog log(out, clock);
  const std::string why = "a \"quoted\"\nword \\ and \x01 bytes";
  log.Say("partition_stands_still", {{"why", why}});
  const std::string line = out.str();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["why"], why);
}

TEST(OperationsLogTest, LinesOfSeveralThreadsDoNotMix) {
  std::ostringstream out;
  const ManualClock clock(0);
  OperationsLog log(out, clock);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (int n = 0; n < 100; ++n) log.Say("joining", {{"group", "g"}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(nlohmann::json::parse(line)["group"], "g");
  }
  EXPECT_EQ(count, 400);
}

}  // namespace
}  // namespace revops
