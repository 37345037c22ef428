#include "engine/simulate/deal_close.h"

#include <algorithm>
#include <utility>

#include "engine/simulate/customer.h"

namespace revops::simulation {
namespace {

const char* Reason(const Deal& deal, v1::OpportunityClosed::Outcome outcome) {
  Random& random = deal.account->random;
  static constexpr const char* kLost[] = {"price", "missing feature", "competitor", "no budget",
                                          "timing"};
  switch (outcome) {
    case v1::OpportunityClosed::WON:
      return random.Percent(60) ? "best fit" : "price";
    case v1::OpportunityClosed::LOST:
      if (deal.competitor >= 0 && random.Percent(60)) return "competitor";
      return kLost[random.Weighted({28, 20, 12, 25, 15})];
    case v1::OpportunityClosed::NO_DECISION:
      return "no decision";
    default:
      return "not a fit";
  }
}

void SetShares(const Deal& deal, v1::OpportunityFields& fields) {
  Random& random = deal.account->random;
  const bool shared = random.Percent(15);
  v1::Split& first = *fields.add_splits();
  first.set_owner(deal.owner);
  first.set_share_ppm(shared ? 700'000 : 1'000'000);
  first.set_kind(v1::Split::REVENUE);
  if (shared) {
    v1::Split& second = *fields.add_splits();
    second.set_owner(deal.world->company.AccountExecutive((deal.account->region + 1) % kRegions,
                                                          deal.account->owner_draw));
    second.set_share_ppm(300'000);
    second.set_kind(v1::Split::REVENUE);
  }
  if (deal.start.sourced_by == v1::SOURCED_SDR) {
    v1::Split& overlay = *fields.add_splits();
    overlay.set_owner(
        deal.world->company.DevelopmentRep(deal.account->region, deal.account->owner_draw));
    overlay.set_share_ppm(100'000);
    overlay.set_kind(v1::Split::OVERLAY);
  }
}

void Reopen(const SharedDeal& deal) {
  World& world = *deal->world;
  v1::Event event = DealDraft(*deal, world.now());
  event.mutable_opportunity_reopened()->set_reason("customer came back");
  v1::OpportunityFields& fields = *event.mutable_opportunity_reopened()->mutable_fields();
  deal->close_date = world.now() + 30 * kDay;
  deal->stage = deal->pipeline().stages - 1;
  fields.set_stage_id(deal->pipeline().stage[deal->pipeline().stages - 1].id);
  fields.set_close_date(StartOfDay(deal->close_date));
  world.Publish(std::move(event), Care::kLink);
  Random& random = deal->account->random;
  world.schedule.At(deal->account->Working(world.now() + random.Between(7, 40) * kDay), [deal] {
    CloseDeal(deal, deal->account->random.Percent(50) ? v1::OpportunityClosed::WON
                                                      : v1::OpportunityClosed::LOST);
  });
}

void AfterLoss(const SharedDeal& deal) {
  Account& account = *deal->account;
  Random& random = account.random;
  ++account.lost_deals;
  if (deal->start.motion == v1::RENEWAL) {
    LoseCustomer(*deal->world, account);
  } else if (deal->start.motion == v1::NEW) {
    account.phase = Phase::kTarget;
  }
  if (account.lost_deals == 1 && deal->start.motion == v1::NEW && random.Percent(7)) {
    account.phase = Phase::kOpenDeal;
    deal->world->schedule.At(
        deal->account->Working(deal->world->now() + random.Between(10, 60) * kDay),
        [deal] { Reopen(deal); });
  }
}

}  // namespace

void CloseDeal(const SharedDeal& deal, v1::OpportunityClosed::Outcome outcome) {
  World& world = *deal->world;
  Random& random = deal->account->random;
  const Instant at = world.now();
  const bool won = outcome == v1::OpportunityClosed::WON;
  v1::Event event = DealDraft(*deal, at);
  *event.add_subject() = AccountId(deal->account->index);
  v1::OpportunityClosed& closed = *event.mutable_opportunity_closed();
  closed.set_outcome(outcome);
  closed.set_reason(Reason(*deal, outcome));
  v1::OpportunityFields& fields = *closed.mutable_fields();
  fields.set_stage_id(won ? kWonStage : kLostStage);
  if (won) {
    // What was signed is a little less than what was asked for.
    if (random.Percent(35)) deal->monthly = deal->monthly * random.Between(82, 98) / 100;
    SetAmounts(*deal, fields);
    fields.set_forecast_category(v1::FORECAST_CLOSED);
    SetShares(*deal, fields);
  }
  if (random.Percent(4)) {
    closed.set_closed_at(std::max(deal->opened_at + kDay, at - random.Between(2, 12) * kDay));
  }
  world.Publish(std::move(event), Care::kLink);

  if (outcome == v1::OpportunityClosed::LOST && random.Percent(25)) {
    v1::Event survey = world.Draft(
        Source::kSupport, at + 6 * kDay,
        {deal->person(deal->start.first_contact).sales_id(), AccountId(deal->account->index)});
    survey.mutable_survey()->set_instrument(v1::Survey::WIN_LOSS);
    survey.mutable_survey()->set_answer(closed.reason());
    world.Publish(std::move(survey));
  }
  if (won) {
    BecomeCustomer(*deal);
  } else {
    AfterLoss(deal);
  }
}

}  // namespace revops::simulation
