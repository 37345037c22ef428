#include "tests/support/broker_environment.h"

namespace revops::test {
namespace {
const auto* const kEnvironment = ::testing::AddGlobalTestEnvironment(new BrokerEnvironment);
}  // namespace
}  // namespace revops::test
