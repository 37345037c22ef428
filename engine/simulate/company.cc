#include "engine/simulate/company.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace revops::simulation {

const Region kRegion[kRegions] = {
    {"north", "EUR", {"DE", "NL", "SE"}, "Europe/Berlin", "berlin", 0},
    {"south", "GBP", {"GB", "IE", "FR"}, "Europe/London", "standard", kHour},
    {"west", "USD", {"US", "US", "CA"}, "America/New_York", "new_york", 6 * kHour},
};

const ContentInfo kContent[kContents] = {
    {"content-blog-forecast", "Why forecasts slip", v1::BLOG_POST, "user", "awareness",
     "/blog/why-forecasts-slip"},
    {"content-infographic", "The funnel on one page", v1::INFOGRAPHIC, "user", "awareness",
     "/resources/funnel-infographic"},
    {"content-whitepaper", "One truth for two teams", v1::WHITE_PAPER, "champion", "consideration",
     "/resources/one-truth"},
    {"content-ebook", "The hand-over handbook", v1::EBOOK, "champion", "consideration",
     "/resources/handover-handbook"},
    {"content-template", "Service level template", v1::TEMPLATE, "user", "awareness",
     "/resources/sla-template"},
    {"content-calculator", "Payback calculator", v1::CALCULATOR, "decision_maker", "decision",
     "/resources/payback-calculator"},
    {"content-case-industry", "Case study: manufacturing", v1::CASE_STUDY, "decision_maker",
     "decision", "/customers/manufacturing"},
    {"content-case-software", "Case study: software", v1::CASE_STUDY, "champion", "decision",
     "/customers/software"},
    {"content-deck-security", "Security overview", v1::DECK, "consultant", "decision", "/security"},
    {"content-video-tour", "Product tour", v1::VIDEO, "user", "consideration", "/product/tour"},
};

const TopicInfo kTopic[kTopics] = {
    {"price", v1::Voice::OBJECTION, 5},
    {"security", v1::Voice::OBJECTION, 8},
    {"migration effort", v1::Voice::OBJECTION, 6},
    {"no time this quarter", v1::Voice::OBJECTION, 3},
    {"missing integration", v1::Voice::CONCERN, 9},
    {"data residency", v1::Voice::CONCERN, 8},
    {"one report for both teams", v1::Voice::NEED, 2},
    {"faster follow-up", v1::Voice::NEED, 4},
    {"custom dashboards", v1::Voice::FEATURE_REQUEST, 7},
};

Company::Company(int accounts, int days)
    : account_executives_(std::clamp(accounts / 90, 2, 400)),
      development_reps_(std::clamp(accounts / 200, 1, 200)),
      success_managers_(std::clamp(accounts / 300, 1, 100)),
      webinars_((days + 16) / 30) {
  campaigns_ = {
      {"camp-search", "Paid search", "always on", "paid_search", 9000, 0, days},
      {"camp-social", "Paid social, target accounts", "always on", "paid_social", 6500, 0, days},
      {"camp-content", "Content downloads", "always on", "organic_search", 3000, 0, days},
      {"camp-newsletter", "Newsletter", "always on", "email", 600, 0, days},
      {"camp-nurture", "Nurture programme", "always on", "email", 900, 0, days},
      {"camp-outbound", "Outbound sequences", "always on", "outbound", 1200, 0, days},
      {"camp-partner", "Partner referrals", "always on", "partner", 1500, 0, days},
      {"camp-giveaway", "Template giveaway", "lead generation", "paid_social", 11000, 85, 125},
      {"camp-show-spring", "Trade show, spring", "trade show", "event", 24000, 76, 106},
      {"camp-show-autumn", "Trade show, autumn", "trade show", "event", 26000, 259, 289},
  };
  for (int webinar = 0; webinar < webinars_; ++webinar) {
    campaigns_.push_back({absl::StrCat("camp-", WebinarName(webinar)),
                          absl::StrFormat("Webinar %02d", webinar + 1), "webinar", "webinar", 2500,
                          webinar * 30, std::min(days, webinar * 30 + 30)});
  }
}

std::string Company::AccountExecutive(int region, uint64_t draw) const {
  return absl::StrCat("ae-", kRegion[region].name, "-",
                      draw % static_cast<uint64_t>(account_executives_) + 1);
}
std::string Company::DevelopmentRep(int region, uint64_t draw) const {
  return absl::StrCat("sdr-", kRegion[region].name, "-",
                      draw % static_cast<uint64_t>(development_reps_) + 1);
}
std::string Company::SuccessManager(int region, uint64_t draw) const {
  return absl::StrCat("csm-", kRegion[region].name, "-",
                      draw % static_cast<uint64_t>(success_managers_) + 1);
}

std::string TeamOf(absl::string_view role, int region) {
  return absl::StrCat("team-", role, "-", kRegion[region].name);
}

std::string WebinarName(int webinar) { return absl::StrFormat("webinar-%02d", webinar + 1); }

}  // namespace revops::simulation
