#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/simulate/planning.h"

namespace revops::simulation {
namespace {

void DefineTeam(World& world, const std::string& team, v1::Team side, const std::string& manager,
                const char* region) {
  v1::Event event = world.Draft(Source::kCrm, world.start, {CrmId(v1::TEAM_ENTITY, team)});
  v1::TeamDefined& body = *event.mutable_team_defined();
  body.set_name(team);
  body.set_team(side);
  body.set_manager(manager);
  body.set_region(region);
  world.Publish(std::move(event), Care::kLink);
}

void Join(World& world, const std::string& owner, const std::string& team, Instant at) {
  v1::Event event = world.Draft(Source::kCrm, at, {OwnerId(owner)});
  event.mutable_membership()->set_owner(owner);
  event.mutable_membership()->set_team(team);
  world.Publish(std::move(event), Care::kLink);
}

void Employ(World& world, const std::string& owner, const std::string& team, int region) {
  v1::Event event = world.Draft(Source::kCrm, world.start, {OwnerId(owner)});
  event.mutable_owner()->set_name(owner);
  event.mutable_owner()->set_calendar(kRegion[region].calendar);
  event.mutable_owner()->set_active(true);
  world.Publish(std::move(event), Care::kLink);
  Join(world, owner, team, world.start);
}

void HoldTerritory(World& world, const char* region, const std::string& owner, Instant at) {
  const std::string territory = absl::StrCat("territory-", region);
  v1::Event event = world.Draft(Source::kCrm, at, {CrmId(v1::TERRITORY, territory)});
  event.mutable_territory()->set_name(territory);
  event.mutable_territory()->set_owner(owner);
  event.mutable_territory()->set_region(region);
  world.Publish(std::move(event), Care::kLink);
}

}  // namespace

void DefineStaff(World& world) {
  const Company& company = world.company;
  DefineTeam(world, "team-marketing", v1::MARKETING, "marketing-1", "");
  Employ(world, "marketing-1", "team-marketing", 0);
  for (int region = 0; region < kRegions; ++region) {
    const char* name = kRegion[region].name;
    DefineTeam(world, TeamOf("ae", region), v1::SALES, company.AccountExecutive(region, 0), name);
    DefineTeam(world, TeamOf("sdr", region), v1::SALES, company.DevelopmentRep(region, 0), name);
    DefineTeam(world, TeamOf("csm", region), v1::SUCCESS, company.SuccessManager(region, 0), name);
    auto employ_all = [&](int count, absl::string_view role) {
      for (int number = 1; number <= count; ++number) {
        Employ(world, absl::StrCat(role, "-", name, "-", number), TeamOf(role, region), region);
      }
    };
    employ_all(company.account_executives(), "ae");
    employ_all(company.development_reps(), "sdr");
    employ_all(company.success_managers(), "csm");
    HoldTerritory(world, name, company.AccountExecutive(region, 0), world.start);
  }
  const Instant change = world.start + 181 * kDay;
  Join(world, "ae-north-1", TeamOf("ae", 2), change);
  HoldTerritory(world, "north", "ae-west-1", change);
}

}  // namespace revops::simulation
