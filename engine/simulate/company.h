// Our side: markets, the people who sell, campaigns, content. Fixed for a number of accounts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/simulate/calendar.h"
#include "revops/v1/event.pb.h"

namespace revops::simulation {

struct Region {
  const char* name;  // of owners' and teams' ids
  const char* currency;
  const char* countries[3];
  const char* time_zone;  // of what the CRM knows only by day
  const char* calendar;   // business calendar of engine/model/default_model.textproto
  int64_t workday_shift;  // see WorkingInstant
};
inline constexpr int kRegions = 3;
extern const Region kRegion[kRegions];

struct ContentInfo {
  const char* id;
  const char* name;
  v1::ContentType type;
  const char* persona;
  const char* step;
  const char* path;  // of the site
};
inline constexpr int kContents = 10;
extern const ContentInfo kContent[kContents];

// Objections and needs, and the piece of content that answers each (an index of kContent).
struct TopicInfo {
  const char* topic;
  v1::Voice::Kind kind;
  int answered_with;
};
inline constexpr int kTopics = 9;
extern const TopicInfo kTopic[kTopics];

struct CampaignInfo {
  std::string id;
  std::string name;
  const char* type;
  const char* channel;
  int64_t monthly_cost = 0;  // EUR, of months in which it runs
  int64_t from_day = 0;      // days of the simulation, half-open
  int64_t to_day = 0;
};

// Some owners of one kind in each region; ids are "ae-north-1", "sdr-west-2", "csm-south-1".
class Company final {
 public:
  explicit Company(int accounts, int days);

  int account_executives() const { return account_executives_; }  // in each region
  int development_reps() const { return development_reps_; }
  int success_managers() const { return success_managers_; }

  std::string AccountExecutive(int region, uint64_t draw) const;
  std::string DevelopmentRep(int region, uint64_t draw) const;
  std::string SuccessManager(int region, uint64_t draw) const;

  const std::vector<CampaignInfo>& campaigns() const { return campaigns_; }

  // One a month, on a Tuesday at 14:00 UTC; the campaign is "camp-" + the webinar.
  int webinars() const { return webinars_; }

 private:
  int account_executives_;
  int development_reps_;
  int success_managers_;
  int webinars_;
  std::vector<CampaignInfo> campaigns_;
};

std::string TeamOf(absl::string_view role, int region);

// "webinar-05" for 4.
std::string WebinarName(int webinar);

}  // namespace revops::simulation
