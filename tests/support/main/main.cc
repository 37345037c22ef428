#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/broker_environment.h"
#include "tests/support/shared_kafka.h"

namespace {

// A skipped test passes: deploy/test asks for a list, so that none is missed unseen.
class SkippedList final : public ::testing::EmptyTestEventListener {
 public:
  explicit SkippedList(const char* file) : list_(file, std::ios::app) {}

 private:
  void OnTestStart(const ::testing::TestInfo& test) override {
    test_ = std::string(test.test_suite_name()) + "." + test.name();
  }
  void OnTestPartResult(const ::testing::TestPartResult& result) override {
    if (result.skipped()) list_ << test_ << ": " << result.message() << std::endl;
  }

  std::ofstream list_;
  std::string test_ = "all of a program";
};

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  if (const char* file = std::getenv("REVOPS_SKIPPED_FILE")) {
    ::testing::UnitTest::GetInstance()->listeners().Append(new SkippedList(file));
  }
  if (revops::test::OverKafka()) {
    ::testing::AddGlobalTestEnvironment(new revops::test::BrokerEnvironment);
  }
  return RUN_ALL_TESTS();
}
