// What numbers of a whole simulated company have to hold: the bridge balances and says what the
// rows say.
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/calendar.h"
#include "engine/base/money.h"
#include "engine/query/bridge.h"
#include "engine/query/kpi_number.h"
#include "engine/query/refold.h"
#include "engine/simulate/simulator.h"
#include "engine/view/keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::kSmallNow;
using test::SmallEngine;
using View = v1::OpportunityView;

constexpr int32_t kFirstDay = 19'358;  // 2023-01-01

void GivenCompany(SmallEngine& small) {
  SimulationOptions options;
  options.accounts = 40;
  options.start_day = kFirstDay;
  std::vector<v1::Event> events;
  ASSERT_TRUE(Simulate(options, [&](const v1::Event& event) {
                events.push_back(event);
                return absl::OkStatus();
              }).ok());
  ASSERT_TRUE(small.ingest().Publish(std::move(events)).ok());
  small.Fold();
}

absl::StatusOr<v1::BridgeResponse> Bridge(SmallEngine& small, int32_t from, int32_t end,
                                          const std::string& slice) {
  v1::BridgeRequest request;
  request.set_from_day(FormatDay(from));
  request.set_end_day(FormatDay(end));
  request.set_slice(slice);
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return AskBridge(small.engine(), *look, kSmallNow, request);
}

// How one deal stood after something happened to it, by its rows.
struct Stood {
  int32_t day;
  bool open;
  std::map<std::string, std::string> values;  // by the slices' names
  std::string currency;
  int128 micros;
};

// "SOURCED_MARKETING" -> "marketing"; nothing for what is not specified.
std::string NameOfEnum(absl::string_view name) {
  absl::ConsumePrefix(&name, "SOURCED_");
  if (absl::EndsWith(name, "UNSPECIFIED")) return "";
  return absl::AsciiStrToLower(name);
}

// slice -> value, as bridge.h's askers know them
std::map<std::string, std::string> ValuesOf(const v1::OpportunityFields& fields,
                                            const std::string& month) {
  std::map<std::string, std::string> values = {
      {"", ""},
      {"pipeline", fields.pipeline_id()},
      {"stage", fields.pipeline_id() + "/" + fields.stage_id()},
      {"owner", fields.owner()},
      {"team", fields.owner_team()},
      {"close_month", month},
      {"sourced_by", NameOfEnum(v1::SourcedBy_Name(fields.sourced_by()))},
      {"motion", NameOfEnum(v1::Motion_Name(fields.motion()))}};
  for (const char* pair : {"team,close_month", "sourced_by,close_month", "team,sourced_by"}) {
    const std::vector<std::string> parts = absl::StrSplit(pair, ',');
    values[pair] = values.at(parts[0]) + "/" + values.at(parts[1]);
  }
  return values;
}

// deal -> how it stood, in order; read from rows as each event leaves them, not from cells
using Histories = std::map<std::string, std::vector<Stood>>;

Histories HistoriesOf(SmallEngine& small) {
  Histories histories;
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok());
  const RevenueModel& model = small.engine().model();
  for (const PartitionLook& one : *look) {
    const auto heads = one.store->Walk("S", "", WalkOrder::kAscending);
    for (; heads->valid(); heads->Next()) {
      const auto done = Refold(
          small.engine(), *one.store, keys::RootAt(heads->key(), 1), [&](const RefoldStep& step) {
            if (step.item.entry == nullptr) return absl::OkStatus();
            const Copy& copy = step.item.entry->standing();
            const auto* row =
                copy.opportunity.empty() ? nullptr : step.rows.Find({1, copy.opportunity.bytes()});
            if (row == nullptr) return absl::OkStatus();
            const auto& deal = static_cast<const View&>(*row);
            Stood stood{
                model.DayOf(copy.at), deal.state() == View::OPEN && !deal.deleted(), {}, "", 0};
            std::string month;
            if (deal.fields().has_close_date()) {
              month = FormatDay(model.DayOf(deal.fields().close_date())).substr(0, 7);
            }
            stood.values = ValuesOf(deal.fields(), month);
            if (deal.has_amount()) {
              stood.currency = deal.amount().currency_code();
              stood.micros = Money::FromProto(deal.amount())->micros();
            }
            histories[ToText(copy.opportunity)].push_back(stood);
            return absl::OkStatus();
          });
      EXPECT_TRUE(done.ok()) << done.status();
    }
  }
  return histories;
}

struct Sum {
  int64_t deals = 0;
  std::map<std::string, int128> micros;
};

// What is open at the start of a day, by the value of a slice.
std::map<std::string, Sum> OpenAt(const Histories& histories, int32_t day,
                                  const std::string& slice) {
  std::map<std::string, Sum> open;
  for (const auto& [deal, history] : histories) {
    const Stood* last = nullptr;
    for (const Stood& stood : history) {
      if (stood.day < day) last = &stood;
    }
    if (last == nullptr || !last->open) continue;
    Sum& sum = open[last->values.at(slice)];
    ++sum.deals;
    sum.micros[last->currency] += last->micros;
  }
  return open;
}

std::string LineOf(const v1::Bridge& bridge, const std::string& flow, bool count) {
  for (const auto& line : bridge.lines()) {
    if (line.flow() == flow) return count ? line.count() : line.value();
  }
  return "none";
}

TEST(NumbersTest, TheBridgeOfASimulatedCompanyBalancesBetweenAnyDaysAndIsWhatTheRowsSay) {
  SmallEngine small(3);
  GivenCompany(small);
  const Histories histories = HistoriesOf(small);
  ASSERT_GT(histories.size(), 20u);

  std::mt19937 random(7);
  const auto slices = ValuesOf({}, "");
  std::set<std::string> told_apart;
  for (int round = 0; round < 110; ++round) {
    const int32_t from = 19'358 + static_cast<int32_t>(random() % 360);
    const int32_t end = from + 1 + static_cast<int32_t>(random() % 120);
    const std::string slice =
        std::next(slices.begin(), round % static_cast<int>(slices.size()))->first;
    SCOPED_TRACE(absl::StrCat(FormatDay(from), " to ", FormatDay(end), " by ", slice));
    const auto response = Bridge(small, from, end, slice);
    ASSERT_TRUE(response.ok()) << response.status();
    auto opening = OpenAt(histories, from, slice);
    auto closing = OpenAt(histories, end, slice);
    std::set<std::string> answered;
    for (const v1::Bridge& bridge : response->bridges()) {
      answered.insert(bridge.value());
      int64_t deals = 0;
      int128 micros = 0;
      for (const auto& line : bridge.lines()) {
        if (line.flow() == "closing") break;
        if (!line.count().empty()) deals += std::stoll(line.count());
        const auto units = std::stold(line.value());
        micros += static_cast<int128>(units * 1'000'000 + (units < 0 ? -0.5L : 0.5L));
      }
      EXPECT_EQ(absl::StrCat(deals), LineOf(bridge, "closing", true));
      const auto said = std::stold(LineOf(bridge, "closing", false));
      EXPECT_EQ(ToDecimal(micros),
                ToDecimal(static_cast<int128>(said * 1'000'000 + (said < 0 ? -0.5L : 0.5L))));
      EXPECT_EQ(LineOf(bridge, "opening", true), absl::StrCat(opening[bridge.value()].deals));
      EXPECT_EQ(LineOf(bridge, "closing", true), absl::StrCat(closing[bridge.value()].deals));
      EXPECT_EQ(ToDecimal(static_cast<int128>(said * 1'000'000 + (said < 0 ? -0.5L : 0.5L))),
                ToDecimal(closing[bridge.value()].micros[bridge.currency()]));
    }
    // No value with open deals is left out.
    for (const auto& open : {opening, closing}) {
      for (const auto& [value, sum] : open)
        EXPECT_TRUE(sum.deals == 0 || answered.count(value) > 0);
    }
    if (answered.size() > 1) told_apart.insert(slice);
  }
  EXPECT_EQ(told_apart.size(), slices.size() - 1);  // all but the whole
}

}  // namespace
}  // namespace revops
