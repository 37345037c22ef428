// Events of a small company and questions about its KPIs, for tests with values worked out by hand.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/query/kpi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops::test {

inline constexpr int64_t kHour = int64_t{3600} * 1'000'000;

// So many hours after Friday, 2024-03-01, about a person at an account.
inline std::string Of(int person, double hours, const std::string& rest) {
  return absl::StrCat(
      About(absl::StrCat("contact:crm:p", person)), About(absl::StrCat("account:crm:a", person)),
      "occurred_at: ", kSmallStart + static_cast<int64_t>(hours * kHour), " ", rest);
}
inline std::string Deal(int person, double hours, const std::string& rest) {
  return absl::StrCat(About(absl::StrCat("opportunity:crm:o", person)), Of(person, hours, rest));
}
inline std::string OfAccount(const std::string& account, double hours, const std::string& rest) {
  return absl::StrCat(About("account:crm:" + account),
                      "occurred_at: ", kSmallStart + static_cast<int64_t>(hours * kHour), " ",
                      rest);
}
inline std::string Ours(double hours, const std::string& rest) {
  return absl::StrCat(About("company:us:us"),
                      "occurred_at: ", kSmallStart + static_cast<int64_t>(hours * kHour), " ",
                      rest);
}
inline std::string Money(const std::string& field, int64_t units) {
  return absl::StrCat(field, " { currency_code: 'EUR' units: ", units, " } ");
}
inline std::string Days(int from, int to) {
  return absl::StrCat(" from_day: ", kSmallStart + from * 24 * kHour,
                      " to_day: ", kSmallStart + to * 24 * kHour, " ");
}
inline std::string Lead(const std::string& action, const std::string& rest = "") {
  return absl::StrCat("lead { action: ", action, " handover_id: 'h' ", rest, " }");
}
inline constexpr char kCall[] =
    "actor: 'amy' automation: HUMAN team: SALES call { result: CONNECTED }";

struct Question {
  std::string kpi;
  v1::KpiRequest::Grain grain = v1::KpiRequest::TOTAL;
  std::string from_day;
  std::string end_day;
  std::string by;
  std::string currency;
};

inline absl::StatusOr<v1::KpiResponse> Ask(SmallEngine& small, const Question& question) {
  v1::KpiRequest request;
  request.add_names(question.kpi);
  request.set_grain(question.grain);
  request.set_from_day(question.from_day);
  request.set_end_day(question.end_day);
  request.set_currency(question.currency);
  if (!question.by.empty()) request.add_by(question.by);
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok()) << look.status();
  return AskKpis(small.engine(), *look, kSmallNow, request);
}
inline v1::KpiSeries Answer(SmallEngine& small, const Question& question) {
  const auto response = Ask(small, question);
  EXPECT_TRUE(response.ok()) << question.kpi << ": " << response.status();
  return response.ok() ? response->kpis(0) : v1::KpiSeries();
}

// Values of each slice or period, in order.
inline std::vector<std::string> Values(SmallEngine& small, const Question& question) {
  std::vector<std::string> values;
  const v1::KpiSeries series = Answer(small, question);
  for (const auto& point : series.points()) {
    values.push_back(point.has_value() ? point.value() : "unknown");
  }
  return values;
}
inline std::map<std::string, std::string> Slices(SmallEngine& small, const Question& question) {
  std::map<std::string, std::string> values;
  const v1::KpiSeries series = Answer(small, question);
  for (const auto& point : series.points()) {
    values[point.slice(0)] = point.value();
  }
  return values;
}
inline void ExpectValues(SmallEngine& small,
                         const std::vector<std::pair<std::string, std::string>>& expected) {
  for (const auto& [kpi, value] : expected) {
    EXPECT_THAT(Values(small, {kpi}), ::testing::ElementsAre(value)) << kpi;
  }
}
// In March 2024, as one month.
inline void ExpectInMarch(SmallEngine& small,
                          const std::vector<std::pair<std::string, std::string>>& expected) {
  for (const auto& [kpi, value] : expected) {
    EXPECT_THAT(Values(small, {kpi, v1::KpiRequest::MONTH, "2024-03-01", "2024-04-01"}),
                ::testing::ElementsAre(value))
        << kpi;
  }
}

}  // namespace revops::test
