#include "projections/campaign_counts.h"

#include <string>

#include "engine/base/money.h"
#include "engine/base/status.h"

namespace revops {
namespace {

using Response = v1::CampaignResponse;

const Measure kTouches = {.name = "campaign_touches",
                          .dimensions = {"campaign", "channel"},
                          .grouping_sets = {{}, {0}, {0, 1}}};
// People with a first touch of the campaign at their account.
const Measure kReached = {.name = "campaign_reached",
                          .dimensions = {"campaign", "channel"},
                          .grouping_sets = {{}, {0}, {0, 1}}};
// People who answered, by their first response, on its day.
const Measure kResponses = {.name = "campaign_responses",
                            .dimensions = {"campaign", "kind"},
                            .grouping_sets = {{}, {0}, {0, 1}}};
// The same people by how far they came, on the day of the response: "response", "contacted", "met",
// "opportunity", "won"; and by how sales followed up: "in_time", "late", "never", "not_promised".
const Measure kFunnel = {.name = "campaign_follow_up",
                         .dimensions = {"step", "contact", "campaign"},
                         .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 1, 2}}};
// Follow-ups promised, on the day they are due; missed until made in time. Cut at now.
const Measure kDue = {
    .name = "follow_up_due", .dimensions = {"campaign"}, .grouping_sets = {{}, {0}}};
const Measure kMet = {
    .name = "follow_up_met", .dimensions = {"campaign"}, .grouping_sets = {{}, {0}}};
const Measure kMissed = {
    .name = "follow_up_missed", .dimensions = {"campaign"}, .grouping_sets = {{}, {0}}};
// Deals of those who answered, opened or won after the response: each once per campaign and
// account, on the day it opened, on the day it was won. Influenced: overlaps between campaigns.
const Measure kDeals = {
    .name = "campaign_influenced_deals", .dimensions = {"campaign"}, .grouping_sets = {{0}}};
const Measure kPipeline = {.name = "campaign_influenced_pipeline",
                           .unit = Measure::Unit::kMicros,
                           .dimensions = {"currency", "campaign"},
                           .grouping_sets = {{0, 1}}};
const Measure kWon = {
    .name = "campaign_influenced_won", .dimensions = {"campaign"}, .grouping_sets = {{0}}};
const Measure kBookings = {.name = "campaign_influenced_bookings",
                           .unit = Measure::Unit::kMicros,
                           .dimensions = {"currency", "campaign"},
                           .grouping_sets = {{0, 1}}};

absl::string_view ContactOf(const Response& response) {
  if (response.contacted_at() == 0) return "never";
  if (response.due_at() == 0) return "not_promised";
  return response.contacted_at() <= response.due_at() ? "in_time" : "late";
}

void AddResponse(const std::string& campaign, const Response& response, const RevenueModel& model,
                 Contributions& to) {
  const int32_t day = model.DayOf(response.at());
  to.Add(kResponses, day, {campaign, response.kind()});
  const std::string contact(ContactOf(response));
  const std::pair<const char*, int64_t> steps[] = {{"response", response.at()},
                                                   {"contacted", response.contacted_at()},
                                                   {"met", response.met_at()},
                                                   {"opportunity", response.opportunity_at()},
                                                   {"won", response.won_at()}};
  for (const auto& [step, at] : steps) {
    if (at != 0) to.Add(kFunnel, day, {step, contact, campaign});
  }
  if (response.due_at() == 0) return;
  const int32_t due = model.DayOf(response.due_at());
  to.Add(kDue, due, {campaign});
  to.Add(contact == "in_time" ? kMet : kMissed, due, {campaign});
}

struct Posted {
  int32_t day;
  int sign;
};

void AddMoney(const Measure& measure, const Posted& posted, const v1::Money& proto,
              const std::string& campaign, Contributions& to) {
  const auto amount = Money::FromProto(proto);
  REVOPS_CHECK(amount.ok());
  to.Add(measure, posted.day, {amount->currency().code(), campaign},
         posted.sign * amount->micros());
}

// A win, or its reversing entry, on the day of each.
void AddWin(const std::string& campaign, const v1::CampaignWin& win, const Posted& posted,
            Contributions& to) {
  to.Add(kWon, posted.day, {campaign}, posted.sign);
  if (win.has_amount()) AddMoney(kBookings, posted, win.amount(), campaign, to);
}

}  // namespace

const std::vector<Measure>& CampaignMeasures() {
  static const auto& list =
      *new std::vector<Measure>{kTouches, kReached, kResponses, kFunnel, kDue,     kMet,
                                kMissed,  kDeals,   kPipeline,  kWon,    kBookings};
  return list;
}

Contributions ContributionsOf(const v1::CampaignView& row, const RevenueModel& model) {
  Contributions contributions;
  for (const Response& response : row.responses()) {
    AddResponse(row.campaign(), response, model, contributions);
  }
  for (const auto& deal : row.deals()) {
    const int32_t opened = model.DayOf(deal.opened_at());
    contributions.Add(kDeals, opened, {row.campaign()});
    if (deal.has_opened_amount()) {
      AddMoney(kPipeline, {opened, 1}, deal.opened_amount(), row.campaign(), contributions);
    }
    for (const auto& win : deal.wins()) {
      AddWin(row.campaign(), win, {model.DayOf(win.at()), 1}, contributions);
      if (win.reversed_at() == 0) continue;
      AddWin(row.campaign(), win, {model.DayOf(win.reversed_at()), -1}, contributions);
    }
  }
  return contributions;
}

void CountCampaignTouch(const CampaignTouch& touch, int32_t day, Fold& fold) {
  fold.Count(kTouches, day, {touch.campaign, touch.channel}, 1);
  if (touch.reached) fold.Count(kReached, day, {touch.campaign, touch.channel}, 1);
}

absl::string_view FellAt(const Response& response, int64_t instant) {
  if (response.won_at() != 0) return "";
  if (response.opportunity_at() != 0) return response.lost() ? "booking" : "";
  if (response.due_at() != 0 && response.met_at() == 0) {
    if (response.contacted_at() == 0) return instant > response.due_at() ? "contact" : "";
    if (response.contacted_at() > response.due_at()) return "contact in time";
  }
  if (response.met_at() != 0) return "pipeline";
  return response.contacted_at() != 0 ? "meeting" : "";
}

}  // namespace revops
