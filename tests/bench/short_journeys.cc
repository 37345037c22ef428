#include "tests/bench/short_journeys.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops::bench {
namespace {

constexpr int64_t kDay = 86'400'000'000;
constexpr int64_t kHour = kDay / 24;
constexpr int kCampaigns = 40;
constexpr int kOwners = 50;

// The one that writes journey number `n`.
class Writer final {
 public:
  Writer(int64_t n, int64_t start, absl::FunctionRef<absl::Status(v1::Event event)> sink)
      : n_(n), start_(start), sink_(sink) {
    uint64_t mixed = static_cast<uint64_t>(n) * 0x9E3779B97F4A7C15;
    mixed ^= mixed >> 31;
    dice_ = mixed * 0xBF58476D1CE4E5B9 >> 16;
  }

  absl::Status Visit() {
    v1::Event event = Next(v1::ANONYMOUS, 0);
    event.mutable_page_view()->set_url("https://example.com/product");
    SetUtm(event);
    return sink_(std::move(event));
  }

  absl::Status HandOver() {
    v1::Event form = Next(v1::CONTACT, 0);
    form.mutable_form()->set_form_id("demo");
    form.set_campaign_id(Campaign());
    SetUtm(form);
    RETURN_IF_ERROR(sink_(std::move(form)));
    RETURN_IF_ERROR(LeadStep(v1::Lead::DECLARED_QUALIFIED, kHour));
    RETURN_IF_ERROR(LeadStep(v1::Lead::ASSIGNED, 2 * kHour));
    return LeadStep(Pick(3, 1) == 0 ? v1::Lead::REJECTED : v1::Lead::ACCEPTED,
                    (3 + Pick(60, 2)) * kHour);
  }

  absl::Status Deal() {
    v1::Event call = Next(v1::ACCOUNT, 0);
    call.mutable_call()->set_result(v1::Call::CONNECTED);
    call.set_team(v1::SALES);
    call.set_actor(Owner());
    RETURN_IF_ERROR(sink_(std::move(call)));
    v1::Event opened = DealStep(kDay);
    v1::OpportunityFields& fields = *opened.mutable_opportunity_opened()->mutable_fields();
    fields.set_stage_id("discovery");
    fields.set_owner(Owner());
    fields.set_primary_campaign(Campaign());
    fields.set_sourced_by(static_cast<v1::SourcedBy>(1 + Pick(4, 3)));
    fields.set_motion(v1::NEW);
    fields.set_close_date(start_ + (60 + Pick(90, 4)) * kDay);
    SetAmount(*fields.mutable_amount(), 1000 + Pick(90'000, 5));
    RETURN_IF_ERROR(sink_(std::move(opened)));
    if (Pick(4, 6) == 0) return absl::OkStatus();  // is open yet
    const bool won = Pick(3, 7) == 0;
    const int64_t days = 20 + Pick(120, 8);
    v1::Event closed = DealStep(days * kDay);
    closed.mutable_opportunity_closed()->set_outcome(won ? v1::OpportunityClosed::WON
                                                         : v1::OpportunityClosed::LOST);
    if (!won) closed.mutable_opportunity_closed()->set_reason(absl::StrCat("reason ", Pick(8, 9)));
    RETURN_IF_ERROR(sink_(std::move(closed)));
    if (!won) return absl::OkStatus();
    v1::Event started = Next(v1::ACCOUNT, (days + 1) * kDay);
    started.mutable_subscription()->set_action(v1::Subscription::STARTED);
    started.mutable_subscription()->set_subscription_id("s");
    SetAmount(*started.mutable_subscription()->mutable_monthly_amount(), 100 + Pick(5000, 10));
    return sink_(std::move(started));
  }

 private:
  int64_t Pick(int64_t sides, int which) const {
    return static_cast<int64_t>((dice_ >> which) % static_cast<uint64_t>(sides));
  }
  std::string Campaign() const { return absl::StrCat("campaign-", Pick(kCampaigns, 11)); }
  std::string Owner() const { return absl::StrCat("owner-", Pick(kOwners, 12)); }

  v1::Event Next(v1::IdKind kind, int64_t after) {
    v1::Event event;
    event.set_id(absl::StrCat(n_, "-", step_++));
    event.set_source("short");
    event.set_occurred_at(start_ + after);
    v1::Id& id = *event.add_subject();
    id.set_kind(kind);
    id.set_namespace_("short");
    id.set_value(absl::StrCat(n_));
    return event;
  }

  absl::Status LeadStep(v1::Lead::Action action, int64_t after) {
    v1::Event event = Next(v1::CONTACT, after);
    v1::Lead& lead = *event.mutable_lead();
    lead.set_action(action);
    lead.set_handover_id(absl::StrCat("h-", n_));
    lead.set_owner(Owner());
    lead.set_calendar("standard");
    if (action == v1::Lead::REJECTED) lead.set_reason(absl::StrCat("reason ", Pick(8, 13)));
    event.set_campaign_id(Campaign());
    return sink_(std::move(event));
  }

  v1::Event DealStep(int64_t after) {
    v1::Event event = Next(v1::ACCOUNT, after);
    v1::Id& deal = *event.add_subject();
    deal = event.subject(0);
    deal.set_kind(v1::OPPORTUNITY);
    return event;
  }

  void SetUtm(v1::Event& event) const {
    static constexpr const char* kMedia[] = {"cpc", "email", "social", "organic", "referral"};
    event.mutable_utm()->set_medium(kMedia[Pick(5, 14)]);
    event.mutable_utm()->set_source("somewhere");
    event.mutable_utm()->set_campaign(Campaign());
  }
  static void SetAmount(v1::Money& money, int64_t units) {
    money.set_currency_code("EUR");
    money.set_units(units);
  }

  const int64_t n_;
  const int64_t start_;
  absl::FunctionRef<absl::Status(v1::Event event)> sink_;
  uint64_t dice_ = 0;
  int step_ = 0;
};

}  // namespace

absl::Status WriteShortJourneys(const ShortJourneys& journeys,
                                absl::FunctionRef<absl::Status(v1::Event event)> sink) {
  for (int64_t n = 0; n < journeys.count; ++n) {
    // In the order of their days, as they would arrive.
    const int64_t start =
        journeys.first_day * kDay + n * 365 / journeys.count * kDay + (n % 977) * (kDay / 977);
    Writer writer(n, start, sink);
    const int64_t kind = n % 10;
    RETURN_IF_ERROR(kind < 6 ? writer.Visit() : kind < 9 ? writer.HandOver() : writer.Deal());
  }
  return absl::OkStatus();
}

}  // namespace revops::bench
