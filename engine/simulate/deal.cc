#include "engine/simulate/deal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/deal_close.h"
#include "engine/simulate/deal_touches.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

// The stages still ahead take about this long.
int64_t RemainingDays(const Deal& deal) {
  int64_t days = 0;
  for (int i = deal.stage; i < deal.pipeline().stages; ++i) {
    days += deal.pipeline().stage[i].median_days * 13 / 10;
  }
  return days;
}

void EnterStage(const SharedDeal& deal);

// What its owner changes on the record while a deal goes on.
void TendRecord(Deal& deal, Instant at) {
  Random& random = deal.account->random;
  const Instant expected = at + RemainingDays(deal) * kDay;
  if (deal.close_date < expected || random.Percent(8)) {
    const bool pushed = deal.close_date < expected;
    const int64_t by = pushed ? random.Between(10, 45) : -random.Between(3, 10);
    deal.close_date = std::max(at + 3 * kDay, std::max(deal.close_date, at) + by * kDay);
    v1::Event event = DealDraft(deal, at);
    event.mutable_opportunity_changed()->mutable_fields()->set_close_date(
        StartOfDay(deal.close_date));
    deal.world->Publish(std::move(event));
  }
  if (random.Percent(25)) {
    deal.monthly = std::max<int64_t>(50, deal.monthly * random.Between(75, 125) / 100);
    v1::Event event = DealDraft(deal, at + kMinute);
    SetAmounts(deal, *event.mutable_opportunity_changed()->mutable_fields());
    deal.world->Publish(std::move(event));
  }
  if (deal.competitor < 0 && random.Percent(15)) {
    deal.competitor = static_cast<int>(random.Below(2));
    v1::Event event = DealDraft(deal, at + 2 * kMinute);
    event.mutable_opportunity_changed()->mutable_fields()->set_competitor(
        deal.competitor == 0 ? "Competitor A" : "Competitor B");
    deal.world->Publish(std::move(event));
  }
  if (random.Percent(3)) {
    deal.owner = deal.world->company.AccountExecutive(deal.account->region, random.Next() >> 1);
    v1::Event event = DealDraft(deal, at + 3 * kMinute);
    event.mutable_opportunity_changed()->mutable_fields()->set_owner(deal.owner);
    deal.world->Publish(std::move(event));
  }
}

// In percent of a fair company's chance to fall out of a stage.
int64_t Hardness(const Deal& deal) {
  int64_t hardness = deal.account->fit == Fit::kGood ? 78 : 100;
  if (deal.account->fit == Fit::kPoor) hardness = 170;
  if (deal.start.motion != v1::NEW) hardness = 85;
  if (deal.start.silent) hardness = 60;
  if (deal.start.sourced_by == v1::SOURCED_PARTNER) hardness -= 15;
  if (deal.competitor >= 0) hardness += 20;
  if ((deal.people & (deal.people - 1)) == 0 && !deal.start.silent) hardness += 20;  // one person
  return std::max<int64_t>(25, hardness - 8 * deal.answered);
}

void LeaveStage(const SharedDeal& deal) {
  Random& random = deal->account->random;
  const Instant at = deal->world->now();
  const StageInfo& stage = deal->stage_info();
  const int64_t hardness = Hardness(*deal);
  const int64_t fate = random.Below(100 * 100);
  if (fate < stage.lost_percent * hardness) {
    CloseDeal(deal, deal->stage == 0 && random.Percent(25) ? v1::OpportunityClosed::DISQUALIFIED
                                                           : v1::OpportunityClosed::LOST);
    return;
  }
  if (fate < (stage.lost_percent + stage.no_decision_percent) * hardness) {
    // Nobody says no: it lies there past its close date until somebody clears it away.
    deal->world->schedule.At(deal->account->Working(at + random.Between(20, 110) * kDay),
                             [deal] { CloseDeal(deal, v1::OpportunityClosed::NO_DECISION); });
    return;
  }
  if (deal->stage == deal->pipeline().stages - 1) {
    CloseDeal(deal, v1::OpportunityClosed::WON);
    return;
  }
  const size_t step = random.Weighted({88, 8, 4});
  if (step == 0 || deal->stage == 0) {
    deal->stage += 1;
  } else if (step == 1) {
    deal->stage = std::min(deal->pipeline().stages - 1, deal->stage + 2);
  } else {
    deal->stage -= 1;
  }
  EnterStage(deal);
}

void EnterStage(const SharedDeal& deal) {
  Random& random = deal->account->random;
  World& world = *deal->world;
  const Instant at = world.now();
  v1::Event event = DealDraft(*deal, at);
  v1::OpportunityFields& fields = *event.mutable_opportunity_changed()->mutable_fields();
  fields.set_stage_id(deal->stage_info().id);
  fields.set_forecast_category(deal->stage_info().forecast);
  world.Publish(std::move(event), Care::kLink);
  TendRecord(*deal, at + 5 * kMinute);

  const int64_t median = deal->stage_info().median_days * kDay;
  int64_t dwell = random.Delay(median, 5 * median) * 100 / SeasonPercent(at);
  if (!deal->start.silent) TouchInStage(deal, at, dwell);
  world.schedule.At(deal->account->Working(at + std::max(dwell, kDay)),
                    [deal] { LeaveStage(deal); });
}

int64_t MonthlyFor(const Account& account, Random& random) {
  const int64_t amount = int64_t{account.employees} * random.Between(45, 130) / 100;
  return std::clamp<int64_t>(amount, 160, 9500) / 10 * 10;
}

// The opening in the stage where the deal is.
v1::Event OpeningDraft(Deal& deal, Instant at) {
  v1::Event opened = DealDraft(deal, at);
  const Account& account = *deal.account;
  *opened.add_subject() = AccountId(account.index);
  opened.set_campaign_id(deal.start.campaign.data(), deal.start.campaign.size());
  v1::OpportunityFields& fields = *opened.mutable_opportunity_opened()->mutable_fields();
  fields.set_pipeline_id(deal.pipeline().id);
  fields.set_stage_id(deal.stage_info().id);
  fields.set_name(absl::StrFormat("Account %03d, deal %d", account.index, deal.number));
  SetAmounts(deal, fields);
  fields.set_close_date(StartOfDay(deal.close_date));
  fields.set_forecast_category(deal.stage_info().forecast);
  fields.set_owner(deal.owner);
  fields.set_owner_team(TeamOf("ae", account.region));
  fields.set_motion(deal.start.motion);
  fields.set_sourced_by(deal.start.sourced_by);
  fields.set_region(kRegion[account.region].name);
  if (!deal.start.campaign.empty()) {
    fields.set_primary_campaign(deal.start.campaign.data(), deal.start.campaign.size());
  }
  if (deal.start.partner > 0) *fields.mutable_partner_account() = AccountId(deal.start.partner);
  if (!deal.start.silent) AddRole(deal, deal.start.first_contact, fields);
  return opened;
}

v1::Event AccountLinkDraft(const Deal& deal, Instant at) {
  v1::Event link = deal.world->Draft(Source::kCrm, at, {deal.id()});
  *link.mutable_linked()->mutable_child() = deal.id();
  *link.mutable_linked()->mutable_parent() = AccountId(deal.account->index);
  return link;
}

SharedDeal MakeDeal(World& world, Account& account, const DealStart& start, Instant at) {
  auto deal = std::make_shared<Deal>();
  Random& random = account.random;
  deal->world = &world;
  deal->account = &account;
  deal->number = ++account.deals;
  deal->start = start;
  deal->owner = world.company.AccountExecutive(account.region, account.owner_draw);
  deal->monthly = start.expansion > 0 ? start.expansion : MonthlyFor(account, random);
  deal->one_time = random.Percent(40) ? deal->monthly * random.Between(1, 3) : 0;
  deal->term_months = static_cast<int32_t>(12 * (1 + random.Weighted({70, 20, 10})));
  deal->opened_at = at;
  deal->close_date = at + (RemainingDays(*deal) + random.Between(-25, 30)) * kDay;
  if (account.phase == Phase::kTarget || account.phase == Phase::kFormerCustomer) {
    account.phase = Phase::kOpenDeal;
  }
  return deal;
}

}  // namespace

v1::Event DealDraft(const Deal& deal, Instant at) {
  v1::Event event = deal.world->Draft(Source::kCrm, at, {deal.id()});
  event.set_actor(deal.owner);
  event.set_team(v1::SALES);
  return event;
}

void AddRole(Deal& deal, int contact, v1::OpportunityFields& fields) {
  const Person person = deal.person(contact);
  EnsureContact(person, deal.world->now());
  deal.people |= uint32_t{1} << contact;
  v1::ContactRole& role = *fields.add_contact_roles();
  *role.mutable_contact() = person.contact_id();
  role.set_role(RoleName(person.contact().role));
}

void SetAmounts(const Deal& deal, v1::OpportunityFields& fields) {
  SetMoney(fields.mutable_recurring_amount(), deal.currency(), deal.monthly);
  SetMoney(fields.mutable_one_time_amount(), deal.currency(), deal.one_time);
  fields.set_term_months(deal.term_months);
  SetMoney(fields.mutable_amount(), deal.currency(), deal.amount());
}

v1::Id OpenDeal(World& world, Account& account, const DealStart& start, Instant at) {
  EnsureAccount(world, account, at - kMinute);
  const SharedDeal deal = MakeDeal(world, account, start, at);
  Random& random = account.random;
  world.Publish(OpeningDraft(*deal, at), Care::kLink);
  world.Publish(AccountLinkDraft(*deal, at), Care::kLink);
  if (!start.silent) Interest(deal->person(start.first_contact), 20);
  const int64_t median = deal->stage_info().median_days * kDay;
  const int64_t first = random.Delay(median, 3 * median);
  if (!start.silent) TouchInStage(deal, at, first);
  world.schedule.At(account.Working(at + std::max(first, kDay)), [deal] { LeaveStage(deal); });
  return deal->id();
}

void ImportOpenDeal(World& world, Account& account) {
  Random& random = account.random;
  const Instant day = DayOnly(world.start - random.Between(5, 70) * kDay);
  DealStart start;
  start.sourced_by = random.Percent(50) ? v1::SOURCED_SDR : v1::SOURCED_MARKETING;
  const SharedDeal deal = MakeDeal(world, account, start, day);
  deal->stage = static_cast<int>(random.Between(1, 3));
  const Instant arrives_at = world.start + random.Between(9, 20) * kHour;
  for (const bool opening : {true, false}) {
    v1::Event event = opening ? OpeningDraft(*deal, day) : AccountLinkDraft(*deal, day);
    event.set_occurred_precision(v1::DAY);
    event.set_zone(kRegion[account.region].time_zone);
    world.publisher.Import(std::move(event), arrives_at);
  }
  const int64_t left = random.Between(3, 25) * kDay;
  TouchInStage(deal, world.now() + kDay, left);
  world.schedule.At(account.Working(world.now() + kDay + left), [deal] { LeaveStage(deal); });
}

}  // namespace revops::simulation
