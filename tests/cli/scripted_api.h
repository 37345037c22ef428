// An Api with a few rows of its own, which remembers what it was asked. Copies share one memory,
// since a command owns what it opens.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/serve/api.h"

namespace revops::test {

struct Script {
  // What every call returns unless it is OK.
  absl::Status error;
  // Rows to list, served in pages; each is a revops.v1.Traits.
  int rows = 3;
  bool equal = true;
  // How often Publish says that too much waits.
  int busy = 0;
  std::vector<v1::Event> published;
  std::vector<int> batches;
  v1::ListRequest listed;
  v1::GetRequest got;
  v1::TimelineRequest timeline;
  v1::KpiRequest kpi;
  v1::BridgeRequest bridge;
  v1::AttributionRequest attribution;
  v1::ExplainRequest explained;
};

class ScriptedApi final : public Api {
 public:
  explicit ScriptedApi(Script& script) : script_(script) {}

  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override {
    if (script_.busy > 0) {
      --script_.busy;
      return absl::ResourceExhaustedError("too much waits");
    }
    script_.batches.push_back(request.events_size());
    v1::PublishResponse response;
    for (const v1::Event& event : request.events()) {
      auto* answer = response.add_answers();
      if (event.id() == "bad") {
        answer->set_verdict(v1::PublishResponse::REFUSED);
        answer->set_reason("occurred_at is absent; set occurred_at");
      } else {
        answer->set_verdict(v1::PublishResponse::ACCEPTED);
        script_.published.push_back(event);
      }
    }
    response.set_token(absl::StrCat("t", script_.published.size()));
    return Done(response);
  }
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override {
    script_.got = request;
    v1::GetResponse response;
    *response.add_rows() = MakeRow(1);
    *response.mutable_seen() = MakeSeen();
    return Done(response);
  }
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override {
    script_.listed = request;
    const int from = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    const int end = from + request.page_size();
    v1::ListResponse response;
    for (int i = from; i < script_.rows && i < end; ++i) *response.add_rows() = MakeRow(i + 1);
    if (end < script_.rows) response.set_next_page_token(absl::StrCat(end));
    *response.mutable_seen() = MakeSeen();
    return Done(response);
  }
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override {
    script_.timeline = request;
    v1::TimelineResponse response;
    *response.mutable_root() = request.id();
    auto* entry = response.add_entries();
    entry->mutable_event()->set_id("e1");
    entry->mutable_event()->set_source("web");
    entry->mutable_event()->set_occurred_at(1'735'689'600'000'000);
    entry->mutable_event()->mutable_webinar()->set_action(v1::Webinar::ATTENDED);
    entry->mutable_event()->mutable_webinar()->set_minutes(42);
    entry->add_dead_letter_of("opportunity");
    return Done(response);
  }
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(const v1::DeadLettersRequest&) override {
    v1::DeadLettersResponse response;
    auto* letter = response.add_dead_letters();
    letter->set_projection("opportunity");
    letter->set_reason("closed without an opening");
    response.add_dead_letters()->set_reason("truncated");
    return Done(response);
  }
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override {
    script_.kpi = request;
    v1::KpiResponse response;
    v1::KpiSeries* series = response.add_kpis();
    series->set_name("win_rate_narrow");
    series->set_label("Win rate");
    series->set_unit("ratio");
    series->set_formula("won_count / (won_count + lost_count)");
    series->add_slices("owner");
    for (const auto& [period, value] :
         {std::pair<const char*, const char*>{"2025-Q1", "0.25"}, {"2025-Q2", nullptr}}) {
      v1::KpiPoint* point = series->add_points();
      point->set_period(period);
      if (value == nullptr) continue;
      point->set_value(value);
      point->set_n("8");
      point->set_before("0.2");
    }
    return Done(response);
  }
  absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) override {
    script_.bridge = request;
    v1::BridgeResponse response;
    v1::Bridge* bridge = response.add_bridges();
    bridge->set_currency("EUR");
    for (const auto& [flow, count, value] : {std::array<const char*, 3>{"opening", "2", "300"},
                                             {"won", "-1", "-100.5"},
                                             {"closing", "1", "199.5"}}) {
      v1::BridgeLine* line = bridge->add_lines();
      line->set_flow(flow);
      line->set_count(count);
      line->set_value(value);
    }
    return Done(response);
  }
  // A deal of 100: a touch earns 60 under "linear" and nothing under "last", which has nobody.
  absl::StatusOr<v1::AttributionResponse> Attribution(
      const v1::AttributionRequest& request) override {
    script_.attribution = request;
    v1::AttributionResponse response;
    response.set_deal_at(request.has_deal() ? 1 : 0);
    response.set_people("account");
    for (const char* model : {"linear", "markov"}) response.add_models()->set_name(model);
    for (const bool amounts : {false, true}) {
      if (request.has_deal() && !amounts) continue;
      v1::AttributionTable* table = response.add_tables();
      if (amounts) table->set_currency("EUR");
      for (const int units : {60, 40, 100}) {
        v1::AttributionLine* line = units == 100 ? table->mutable_total() : table->add_lines();
        line->set_value(units == 60 ? "webinar" : "");
        line->set_unattributed(units == 40);
        if (request.has_deal() && units == 60) {
          line->mutable_touch()->set_kind("webinar.attended");
          line->mutable_touch()->set_id("w-17");
        }
        for (int model = 0; model < 2; ++model) {
          v1::AttributedCredit* credit = line->add_credits();
          const int part = model == 0 || units == 100 ? units : 100 - units;
          credit->set_share(absl::StrCat("0.", part));
          if (amounts) {
            credit->mutable_amount()->set_currency_code("EUR");
            credit->mutable_amount()->set_units(part);
          } else {
            credit->set_deals(absl::StrCat(part / 10));
            if (model == 1 && units == 60) credit->set_effect("0.736602");
          }
        }
      }
    }
    return Done(response);
  }
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              const Progress&) override {
    script_.explained = request;
    v1::ExplainResponse response;
    v1::ExplainedEvent* event = response.add_events();
    event->set_kind("webinar.attended");
    event->set_id("e1");
    v1::FieldChange* change = event->add_fields();
    change->set_field("engagement");
    change->set_from("0");
    change->set_to("20");
    change->set_added("20");
    response.set_events_count(1);
    response.set_equal(script_.equal);
    return Done(response);
  }
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest&) override {
    v1::StatusResponse response;
    response.add_partitions()->set_position(7);
    response.set_digest("00ff");
    response.mutable_seen()->set_settled(true);
    return Done(response);
  }
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest&) override {
    v1::ViewsResponse response;
    v1::View* view = response.add_views();
    view->set_name("lead");
    view->add_indexes()->set_name("score");
    view->add_fields()->set_path("fit.points");
    return Done(response);
  }
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest&) override {
    v1::ModelResponse response;
    response.set_text("name: \"in force\"\n");
    return Done(response);
  }
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override {
    v1::LogResponse response;
    response.add_records()->set_offset(request.from());
    response.mutable_records(0)->set_error("does not decode");
    response.mutable_records(0)->set_value("\xff");
    return Done(response);
  }
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest&,
                                            const Progress& progress) override {
    progress(1, 2);
    v1::VerifyResponse response;
    response.set_equal(script_.equal);
    if (!script_.equal) response.add_differences("partition 0: lead contact:crm:42 differs");
    return Done(response);
  }

 private:
  template <typename Response>
  absl::StatusOr<Response> Done(const Response& response) const {
    if (!script_.error.ok()) return script_.error;
    return response;
  }

  static v1::Row MakeRow(int number) {
    v1::Row row;
    row.mutable_entity()->set_kind(v1::CONTACT);
    row.mutable_entity()->set_namespace_("crm");
    row.mutable_entity()->set_value(absl::StrCat(number));
    row.mutable_root()->set_kind(v1::ACCOUNT);
    row.mutable_root()->set_namespace_("crm");
    row.mutable_root()->set_value("acme");
    row.set_current(true);
    v1::Traits traits;
    traits.set_name(absl::StrCat("Ada ", number));
    traits.set_employees(number * 10);
    traits.mutable_annual_revenue()->set_currency_code("EUR");
    traits.mutable_annual_revenue()->set_units(number);
    row.mutable_value()->PackFrom(traits);
    return row;
  }
  static v1::Seen MakeSeen() {
    v1::Seen seen;
    seen.set_settled(true);
    seen.set_model_version("7");
    return seen;
  }

  Script& script_;
};

}  // namespace revops::test
