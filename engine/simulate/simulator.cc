#include "engine/simulate/simulator.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/simulate/ads.h"
#include "engine/simulate/customer.h"
#include "engine/simulate/deal.h"
#include "engine/simulate/giveaway.h"
#include "engine/simulate/mailing.h"
#include "engine/simulate/outbound.h"
#include "engine/simulate/planning.h"
#include "engine/simulate/records.h"
#include "engine/simulate/robots.h"
#include "engine/simulate/stories.h"
#include "engine/simulate/turnover.h"
#include "engine/simulate/visits.h"
#include "engine/simulate/webinars.h"
#include "engine/simulate/world.h"

namespace revops {
namespace simulation {
namespace {

absl::Status Check(const SimulationOptions& options) {
  auto in_range = [](absl::string_view name, int64_t value, int64_t low, int64_t high) {
    if (value >= low && value <= high) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("simulation: ", name, " is ", value, "; choose ", low, " to ", high));
  };
  RETURN_IF_ERROR(in_range("days", options.days, 1, 3660));
  RETURN_IF_ERROR(in_range("accounts", options.accounts, 1, 1'000'000));
  RETURN_IF_ERROR(in_range("start_day", options.start_day, 365 * 2, 100'000));
  const NoiseOptions& noise = options.noise;
  const struct {
    const char* name;
    int64_t ppm;
  } shares[] = {{"noise.late_ppm", noise.late_ppm},
                {"noise.duplicate_ppm", noise.duplicate_ppm},
                {"noise.restated_ppm", noise.restated_ppm},
                {"noise.voided_ppm", noise.voided_ppm},
                {"noise.conflicting_ppm", noise.conflicting_ppm},
                {"noise.test_ppm", noise.test_ppm},
                {"noise.bot_sessions_ppm", noise.bot_sessions_ppm},
                {"noise.internal_sessions_ppm", noise.internal_sessions_ppm},
                {"noise.prefetch_ppm", noise.prefetch_ppm}};
  for (const auto& share : shares) {
    RETURN_IF_ERROR(in_range(share.name, share.ppm, 0, 1'000'000));
  }
  return absl::OkStatus();
}

// The people of an account that wakes up become interested one after the other.
void WakeUp(World& world, Account& account) {
  Random& random = account.random;
  for (size_t i = 0; i < account.contacts.size(); ++i) {
    const Person person{&world, &account, static_cast<int>(i)};
    const int64_t interest = i == 0 ? random.Between(45, 95) : random.Between(10, 75);
    const int64_t delay = i == 0 ? 0 : random.Skewed(0, 60) * kDay;
    world.schedule.After(delay, [person, interest] {
      if (person.contact().gone) return;
      StartVisiting(person, static_cast<int>(interest));
      if (person.random().Percent(50)) StartAds(person);
    });
  }
}

void StartAccount(World& world, Account& account) {
  if (account.phase == Phase::kCustomer) {
    ImportOldRecords(world, account);
    ImportCustomer(world, account);
  } else if (account.outbound) {
    ImportOldRecords(world, account);
    if (account.random.Percent(22)) ImportOpenDeal(world, account);
  }
  world.schedule.At(account.wakes_at, [&world, &account] { WakeUp(world, account); });
  StartOutbound(world, account);
  StartGiveaway(world, account);
  StartTurnover(world, account);
}

}  // namespace
}  // namespace simulation

absl::Status Simulate(const SimulationOptions& options, EventSink sink) {
  RETURN_IF_ERROR(simulation::Check(options));
  const auto world = std::make_unique<simulation::World>(options, sink);
  simulation::StartPlanning(*world);
  for (simulation::Account& account : world->accounts) {
    simulation::StartAccount(*world, account);
  }
  simulation::StartMailing(*world);
  simulation::StartWebinars(*world);
  simulation::StartShows(*world);
  simulation::StartRobots(*world);
  if (options.stories) simulation::TellStories(*world);
  while (world->schedule.Step()) {
    RETURN_IF_ERROR(world->publisher.Deliver(world->schedule.now()));
  }
  return world->publisher.DeliverRest();
}

}  // namespace revops
