#include "engine/simulate/visits.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/simulate/chats.h"
#include "engine/simulate/forms.h"

namespace revops::simulation {
namespace {

constexpr absl::string_view kSite = "https://www.example.com";
constexpr int kAsleep = 8;

const char* const kAgents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari",
};

const char* const kPages[] = {"/",         "/product", "/pricing",     "/customers",
                              "/security", "/about",   "/integrations"};

// How the visit came about, as the tracker saw it on the first page.
void SetArrival(const Person& person, absl::string_view campaign, v1::Event& event) {
  Random& random = person.random();
  v1::Utm& utm = *event.mutable_utm();
  if (!campaign.empty()) {
    event.set_campaign_id(campaign.data(), campaign.size());
    utm.set_campaign(campaign.data(), campaign.size());
    const bool from_ad = campaign == "camp-social";
    utm.set_source(from_ad ? "linkedin" : "newsletter");
    utm.set_medium(from_ad ? "paid_social" : "email");
    return;
  }
  switch (random.Weighted({26, 38, 6, 8, 22})) {
    case 0:
      event.set_campaign_id("camp-search");
      utm.set_campaign("camp-search");
      utm.set_source("google");
      utm.set_medium("cpc");
      event.set_click_id(absl::StrFormat("gclid-%011x", random.Next() >> 20));
      event.set_referrer("https://www.google.com/");
      break;
    case 1:
      event.clear_utm();
      event.set_referrer(random.Percent(80) ? "https://www.google.com/" : "https://www.bing.com/");
      break;
    case 2:
      event.set_campaign_id("camp-social");
      utm.set_campaign("camp-social");
      utm.set_source("linkedin");
      utm.set_medium("paid_social");
      event.set_referrer("https://www.linkedin.com/");
      break;
    case 3:
      event.clear_utm();
      event.set_referrer("https://review-site.example/best-revenue-tools");
      break;
    default:
      event.clear_utm();
  }
}

void VisitAgain(const Person& person) {
  const Contact& contact = person.contact();
  if (contact.gone || contact.interest < kAsleep) return;
  const int64_t gap = (130 - contact.interest) * kDay / 8;
  World& world = *person.world;
  const Instant day = world.now() + SeasonalGap(gap, world.now(), person.random());
  world.schedule.At(VisitInstant(day, person.random()), [person] {
    if (person.contact().gone) return;
    Visit(person, "");
    VisitAgain(person);
  });
}

}  // namespace

void StartVisiting(const Person& person, int interest) {
  Contact& contact = person.contact();
  const bool was_asleep = contact.interest < kAsleep;
  contact.interest = static_cast<int16_t>(std::min(100, interest));
  if (was_asleep) VisitAgain(person);
}

void Interest(const Person& person, int by) {
  StartVisiting(person, person.contact().interest + by);
}

void Visit(const Person& person, absl::string_view campaign) {
  World& world = *person.world;
  Contact& contact = person.contact();
  Random& random = person.random();
  // People mostly use their first device; a second one stays unknown until a form.
  const int device = random.Percent(72) ? 0 : static_cast<int>(random.Below(contact.devices));
  const std::string session = absl::StrFormat("s-%011x", random.Next() >> 20);
  const char* agent = kAgents[(contact.cookie + static_cast<uint64_t>(device)) % 4];
  const int64_t pages = 1 + random.Skewed(0, 2 + contact.interest / 16);
  Instant at = world.now();
  for (int64_t page = 0; page < pages; ++page) {
    v1::Event event = world.Draft(Source::kWeb, at, {person.visitor_id(device)});
    const bool reads = random.Percent(35);
    const absl::string_view path = reads ? random.Pick(kContent).path : random.Pick(kPages);
    event.mutable_page_view()->set_url(absl::StrCat(kSite, path));
    const int64_t seconds = random.Skewed(4, 420);
    event.mutable_page_view()->set_title(path == "/" ? "Home" : std::string(path.substr(1)));
    event.mutable_page_view()->set_seconds(static_cast<int32_t>(seconds));
    if (page == 0) {
      SetArrival(person, campaign, event);
      event.set_landing_url(absl::StrCat(kSite, path));
    }
    event.set_session_id(session);
    event.set_user_agent(agent);
    event.set_direction(v1::INBOUND);
    world.Publish(std::move(event));
    at += (seconds + 1) * kSecond;
  }
  ++contact.visits;
  contact.points = static_cast<int16_t>(std::min<int64_t>(200, contact.points + 2 * pages));
  contact.interest = static_cast<int16_t>(contact.interest * 94 / 100);
  MaybeTalk(person, device, session, at);
  MaybeFillForm(person, device, session, at + 20 * kSecond);
}

}  // namespace revops::simulation
