// The words in which the stories are written: one call a scene, by day and hour of the simulation.
// Events of a story have ids of their own ("story-a-disputed-07") and arrive in order, undisturbed.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

// The story of one account (some have a second one). Ids are values; namespaces follow from what
// they are: v-… web, m-… mkt, all others crm.
class Script final {
 public:
  Script(World& world, absl::string_view account);

  Instant At(int64_t day, int64_t hour = 10) const;

  // Any scene the words below do not cover; `id` subjects as given.
  v1::Event Draft(Source source, Instant at, std::initializer_list<v1::Id> subject);
  void Publish(v1::Event event);

  static v1::Id Visitor(absl::string_view id) { return MakeId(v1::ANONYMOUS, "web", id); }
  static v1::Id Marketing(absl::string_view id) { return MakeId(v1::CONTACT, "mkt", id); }
  static v1::Id Contact(absl::string_view id) { return CrmId(v1::CONTACT, id); }
  static v1::Id LeadRecord(absl::string_view id) { return CrmId(v1::LEAD, id); }
  static v1::Id Deal(absl::string_view id) { return CrmId(v1::OPPORTUNITY, id); }
  v1::Id account() const { return account_; }

  // Records.
  void AddAccount(const v1::Id& account, absl::string_view name, Instant at);
  void AddContact(const v1::Id& contact, const v1::Id& account, absl::string_view role, Instant at);
  void Link(const v1::Id& child, const v1::Id& parent, Instant at);

  // Touches. `campaign` may be empty.
  void View(absl::string_view visitor, absl::string_view path, absl::string_view campaign,
            Instant at);
  void Form(absl::string_view visitor, absl::string_view form, const v1::Id& person, Instant at);
  void Webinar(const v1::Id& person, int webinar, v1::Webinar::Action action, Instant at);
  void Call(const v1::Id& contact, absl::string_view actor, int minutes, Instant at);
  void Meet(const v1::Id& contact, absl::string_view actor, absl::string_view meeting, Instant at);

  // The lead of a campaign: created, declared qualified, assigned within minutes; then any step.
  void HandOver(const v1::Id& lead, absl::string_view campaign, Instant at);
  void Lead(const v1::Id& lead, v1::Lead::Action action, absl::string_view campaign, Instant at,
            absl::string_view reason = "");

  // A deal of new business, in EUR a month for a year.
  struct DealTerms {
    absl::string_view id;
    absl::string_view owner;
    int64_t monthly = 0;
    v1::SourcedBy sourced_by = v1::SOURCED_MARKETING;
    absl::string_view campaign;
    absl::string_view contact;  // the role at opening; empty: none
  };
  void Open(const DealTerms& terms, Instant at);
  void Stage(absl::string_view deal, absl::string_view owner, absl::string_view stage, Instant at);
  // `closed_at` 0: at `at`.
  void Close(const DealTerms& terms, v1::OpportunityClosed::Outcome outcome, Instant at,
             Instant closed_at = 0);
  // Opens, passes all stages in even steps, closes.
  void WholeDeal(const DealTerms& terms, v1::OpportunityClosed::Outcome outcome, Instant opened,
                 Instant closed);

 private:
  World& world_;
  std::string name_;
  v1::Id account_;
  int scenes_ = 0;
};

}  // namespace revops::simulation
