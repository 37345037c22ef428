// Events of one customer, and what is counted of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {

using View = v1::CustomerView;
using Dims = std::map<std::string, std::string>;

constexpr int128 kUnit = 1'000'000;

inline const Dims kEuros = {{"currency", "EUR"}};

inline int64_t InstantOf(const std::string& day) {
  return int64_t{*ParseDay(day)} * kMicrosPerDay + kMicrosPerDay / 2;
}

// An event of the account at noon of a day.
inline std::string On(const std::string& day, const std::string& rest,
                      const std::string& account = "acme") {
  return absl::StrCat("occurred_at: ", InstantOf(day),
                      " subject { kind: ACCOUNT namespace: 'crm' value: '", account, "' } ", rest);
}
inline std::string Money(const char* field, int units) {
  return absl::StrCat(field, " { currency_code: 'EUR' units: ", units, " } ");
}
inline std::string Pays(const std::string& id, int monthly) {
  return absl::StrCat("subscription { action: CHANGED subscription_id: '", id, "' ",
                      Money("monthly_amount", monthly), "}");
}
inline std::string Ends(const std::string& id) {
  return absl::StrCat("subscription { action: CANCELLED subscription_id: '", id, "' }");
}
inline std::string Order(int units, const std::string& rest = "") {
  return absl::StrCat("order { ", Money("amount", units), rest, " }");
}
inline Id Account(const std::string& name = "acme") { return Id(v1::ACCOUNT, "crm", name); }

inline int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }

// The model that is compiled in, with other rules for customers.
inline std::shared_ptr<const RevenueModel> ModelWith(const std::string& customers) {
  std::string text(RevenueModel::DefaultText());
  const size_t at = text.find("customers {");
  text.replace(at, text.find('}', at) + 1 - at, "customers { " + customers + " }");
  const auto model = RevenueModel::Parse(text, "test");
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

// Measures between two days, half-open.
class Between {
 public:
  Between(const ProjectionDriver& views, const std::string& from, const std::string& to)
      : views_(views), from_(*ParseDay(from)), to_(*ParseDay(to)) {}
  int64_t Units(const std::string& measure, const Dims& dims = kEuros) const {
    return Count(measure, dims) / 1'000'000;
  }
  int64_t Count(const std::string& measure, const Dims& dims = {}) const {
    int128 sum = 0;
    for (int32_t day = from_; day < to_; ++day) sum += views_.SumOn(day, measure, dims);
    return AsInt(sum);
  }
  int64_t Opening(const std::string& measure, const Dims& dims = kEuros) const {
    return Between(views_, "2020-01-01", FormatDay(from_)).Units(measure, dims);
  }

 private:
  const ProjectionDriver& views_;
  const int32_t from_, to_;
};

// Of a deal of the account.
inline std::string DealOf(const std::string& name, const std::string& rest) {
  return absl::StrCat("subject { kind: OPPORTUNITY namespace: 'crm' value: '", name, "' } ", rest);
}
inline std::string Opened(const std::string& name, const std::string& sourced_by) {
  return DealOf(name, "opportunity_opened { fields { sourced_by: SOURCED_" + sourced_by + " } }");
}
inline std::string Won(const std::string& name) {
  return DealOf(name, "opportunity_closed { outcome: WON }");
}
inline std::string Reopened(const std::string& name) {
  return DealOf(name, "opportunity_reopened {}");
}

}  // namespace revops::test
