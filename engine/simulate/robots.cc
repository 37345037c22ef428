#include "engine/simulate/robots.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace revops::simulation {
namespace {

// People of one account make about this many sessions a year.
constexpr int64_t kSessionsAccountYear = 35;

const char* const kPaths[] = {"/", "/pricing", "/product", "/blog/why-forecasts-slip", "/about"};

const char* const kRobotAgents[] = {
    "Mozilla/5.0 (compatible; examplebot/2.1; +https://bot.example/info)",
    "python-requests/2.32.3",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/131.0.0.0 Safari/537.36",
};

void Crawl(World& world, bool internal) {
  Random& random = world.random;
  const v1::Id visitor = VisitorId(random.Next());
  const char* agent = internal ? "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari"
                               : random.Pick(kRobotAgents);
  // Half of the robots are told by the tracker, the others only by their user agent.
  const bool declared = internal || random.Percent(50);
  const int64_t pages = random.Between(2, internal ? 5 : 9);
  Instant at = world.now();
  for (int64_t page = 0; page < pages; ++page) {
    v1::Event event = world.Draft(Source::kWeb, at, {visitor});
    event.mutable_page_view()->set_url(
        absl::StrCat("https://www.example.com", random.Pick(kPaths)));
    event.set_user_agent(agent);
    event.set_direction(v1::INBOUND);
    if (declared) event.set_traffic(internal ? v1::TRAFFIC_INTERNAL : v1::TRAFFIC_BOT);
    world.Publish(std::move(event));
    at += random.Between(1, internal ? 90 : 3) * kSecond;
  }
}

void Next(World& world, bool internal, int64_t gap) {
  world.schedule.After(world.random.Between(0, 2 * gap), [&world, internal, gap] {
    Crawl(world, internal);
    Next(world, internal, gap);
  });
}

}  // namespace

void StartRobots(World& world) {
  const NoiseOptions& noise = world.options.noise;
  if (!noise.enabled) return;
  for (const bool internal : {false, true}) {
    const int64_t ppm = internal ? noise.internal_sessions_ppm : noise.bot_sessions_ppm;
    const int64_t sessions_year_e6 = ppm * kSessionsAccountYear * world.options.accounts;
    if (sessions_year_e6 == 0) continue;
    Next(world, internal,
         std::max<int64_t>(
             kSecond, static_cast<int64_t>(int128{365} * kDay * 1'000'000 / sessions_year_e6)));
  }
}

}  // namespace revops::simulation
