#include "engine/simulate/planning.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace revops::simulation {
namespace {

v1::Event CompanyDraft(World& world, Instant at) {
  return world.Draft(Source::kPlanning, at, {OurCompany()});
}

void DefineCampaigns(World& world) {
  for (const CampaignInfo& info : world.company.campaigns()) {
    v1::Event event = world.Draft(Source::kAutomation, world.start, {CampaignId(info.id)});
    event.set_campaign_id(info.id);
    v1::Campaign& campaign = *event.mutable_campaign();
    campaign.set_name(info.name);
    campaign.set_type(info.type);
    campaign.set_channel(info.channel);
    campaign.set_starts_at(world.start + info.from_day * kDay);
    campaign.set_ends_at(world.start + info.to_day * kDay);
    world.Publish(std::move(event), Care::kLink);
  }
  for (const ContentInfo& info : kContent) {
    v1::Event event = world.Draft(Source::kAutomation, world.start, {CrmId(v1::CONTENT, info.id)});
    event.set_content_id(info.id);
    event.mutable_content_piece()->set_name(info.name);
    event.mutable_content_piece()->set_type(info.type);
    event.mutable_content_piece()->set_persona(info.persona);
    event.mutable_content_piece()->set_step(info.step);
    world.Publish(std::move(event), Care::kLink);
  }
}

struct Cost {
  v1::Team team;
  v1::Motion motion;
  v1::Spend::Category category;
  const char* channel;
  int64_t monthly;
};

// What does not belong to a campaign, for about 200 accounts.
constexpr Cost kCosts[] = {
    {v1::MARKETING, v1::NEW, v1::Spend::PEOPLE, "", 21000},
    {v1::MARKETING, v1::NEW, v1::Spend::TOOLS, "", 4200},
    {v1::MARKETING, v1::NEW, v1::Spend::CONTENT_MAKING, "", 5200},
    {v1::SALES, v1::NEW, v1::Spend::PEOPLE, "", 52000},
    {v1::SALES, v1::NEW, v1::Spend::TOOLS, "", 6100},
    {v1::SALES, v1::NEW, v1::Spend::COMMISSION, "", 9000},
    {v1::SUCCESS, v1::EXPANSION, v1::Spend::PEOPLE, "", 14000},
};

int64_t Scale(const World& world, int64_t amount) {
  return std::max<int64_t>(1, amount * world.options.accounts / 200);
}

void PublishSpend(World& world, Instant at, Instant from, Instant to, const Cost& cost,
                  absl::string_view campaign, bool budget) {
  v1::Event event = CompanyDraft(world, at);
  v1::Spend& spend = *event.mutable_spend();
  spend.set_team(cost.team);
  spend.set_motion(cost.motion);
  spend.set_category(cost.category);
  spend.set_channel(cost.channel);
  spend.set_campaign_id(campaign.data(), campaign.size());
  spend.set_from_day(from);
  spend.set_to_day(to);
  spend.set_budget(budget);
  int64_t amount = Scale(world, cost.monthly);
  if (!budget) {
    amount = amount * world.random.Between(88, 112) / 100;
    if (cost.category == v1::Spend::MEDIA) {
      spend.set_impressions(amount * world.random.Between(40, 90));
      spend.set_clicks(amount / world.random.Between(3, 9));
    }
  }
  SetMoney(spend.mutable_amount(), "EUR", amount);
  if (!campaign.empty()) {
    event.set_campaign_id(campaign.data(), campaign.size());
    *event.add_subject() = CampaignId(campaign);
  }
  world.Publish(std::move(event), Care::kLink);
}

void SpendOfMonth(World& world, Instant at, Instant from, Instant to, bool budget) {
  for (const Cost& cost : kCosts) PublishSpend(world, at, from, to, cost, "", budget);
  for (const CampaignInfo& campaign : world.company.campaigns()) {
    const Instant campaign_from = std::max(from, world.start + campaign.from_day * kDay);
    const Instant campaign_to = std::min(to, world.start + campaign.to_day * kDay);
    if (campaign_from >= campaign_to) continue;
    const bool media = absl::string_view(campaign.channel).substr(0, 4) == "paid";
    const bool show = absl::string_view(campaign.channel) == "event";
    Cost cost{v1::MARKETING, v1::NEW, v1::Spend::CATEGORY_OTHER, campaign.channel,
              campaign.monthly_cost * ((campaign_to - campaign_from) / kDay) / 30};
    if (media) cost.category = v1::Spend::MEDIA;
    if (show) cost.category = v1::Spend::EVENTS;
    PublishSpend(world, at, campaign_from, campaign_to, cost, campaign.id, budget);
  }
}

void PublishTarget(World& world, const char* kpi, Instant from, Instant to, int64_t money,
                   int64_t count, const std::string& owner) {
  v1::Event event = CompanyDraft(world, world.start + 9 * kHour);
  v1::Target& target = *event.mutable_target();
  target.set_kpi(kpi);
  target.set_from_day(from);
  target.set_to_day(to);
  if (money > 0) SetMoney(target.mutable_amount(), "EUR", money);
  if (count > 0) target.set_count(count);
  if (!owner.empty()) target.add_owners(owner);
  world.Publish(std::move(event), Care::kLink);
}

void PublishRates(World& world, Instant at, bool plan) {
  // Billionths of a euro; they wander a little from month to month.
  const int64_t base[] = {1'170'000'000, 920'000'000};
  const char* const from[] = {"GBP", "USD"};
  for (int i = 0; i < 2; ++i) {
    v1::Event event = CompanyDraft(world, at);
    v1::ExchangeRate& rate = *event.mutable_exchange_rate();
    rate.set_from_currency(from[i]);
    rate.set_to_currency("EUR");
    rate.set_rate_e9(plan ? base[i] : base[i] / 1000 * world.random.Between(965, 1035));
    rate.set_plan(plan);
    world.Publish(std::move(event), Care::kLink);
  }
}

void PlanQuarter(World& world, Instant from, Instant to) {
  PublishTarget(world, "bookings", from, to, Scale(world, 340'000), 0, "");
  PublishTarget(world, "leads_qualified", from, to, 0, Scale(world, 34), "");
  PublishTarget(world, "pipeline_created", from, to, Scale(world, 900'000), 0, "");
  const Company& company = world.company;
  const int64_t owners = int64_t{company.account_executives()} * kRegions;
  for (int region = 0; region < kRegions; ++region) {
    for (int number = 0; number < company.account_executives(); ++number) {
      PublishTarget(world, "bookings", from, to, Scale(world, 400'000) / owners, 0,
                    company.AccountExecutive(region, static_cast<uint64_t>(number)));
    }
  }
}

void PublishMarketSize(World& world) {
  v1::Event event = CompanyDraft(world, world.start + 10 * kHour);
  v1::MarketSize& size = *event.mutable_market_size();
  size.set_market("revenue operations software");
  size.set_from_day(world.start);
  size.set_to_day(world.end);
  SetMoney(size.mutable_amount(), "EUR", Scale(world, 48'000'000));
  size.set_provider("analyst estimate");
  SetMoney(size.mutable_largest_rival(), "EUR", Scale(world, 9'500'000));
  world.Publish(std::move(event), Care::kLink);
}

// The joint meeting, each Monday.
void MeetWeekly(World& world) {
  static constexpr const char* kTexts[] = {
      "Call webinar attendees within one working day", "Ask for company size on the giveaway form",
      "Review leads nobody answered, by owner",        "Send the security overview before the demo",
      "Close dates in the past are moved or closed",   "Recycle leads with a date",
  };
  int week = 0;
  for (Instant day = world.start; day < world.end; day += kDay) {
    if (Weekday(day) != 0) continue;
    ++week;
    v1::Event event = CompanyDraft(world, day + 13 * kHour);
    event.mutable_decision()->set_text(absl::StrCat(kTexts[week % 6], " (meeting of ",
                                                    absl::FormatCivilTime(CivilDayOf(day)), ")"));
    event.mutable_decision()->set_owner(week % 2 == 0 ? "marketing-1" : "ae-north-1");
    event.mutable_decision()->set_due_at(day + 14 * kDay);
    // One of three is done late.
    const Instant done_at = day + (week % 3 == 0 ? 35 : 14) * kDay + 13 * kHour;
    if (done_at < world.end) {
      v1::Event done = CompanyDraft(world, done_at);
      *done.mutable_decision() = event.decision();
      done.mutable_decision()->set_done(true);
      world.Publish(std::move(done), Care::kLink);
    }
    world.Publish(std::move(event), Care::kLink);
  }
}

}  // namespace

void StartPlanning(World& world) {
  DefineStaff(world);
  DefineCampaigns(world);
  PublishMarketSize(world);
  PublishRates(world, world.start, true);
  absl::CivilMonth month(CivilDayOf(world.start));
  while (StartOf(absl::CivilDay(month)) < world.end) {
    const Instant from = std::max(world.start, StartOf(absl::CivilDay(month)));
    const Instant to = std::min(world.end, StartOf(absl::CivilDay(month + 1)));
    SpendOfMonth(world, world.start + 11 * kHour, from, to, true);
    SpendOfMonth(world, std::min(to + 2 * kDay, world.end - kHour), from, to, false);
    PublishRates(world, from, false);
    if (month.month() % 3 == 1) {
      PlanQuarter(world, from, StartOf(absl::CivilDay(month + 3)));
    }
    ++month;
  }
  MeetWeekly(world);
}

}  // namespace revops::simulation
