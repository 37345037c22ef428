// The ids of simulated entities, in the namespaces of the systems that would give them.
#pragma once

#include <cstdint>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "revops/v1/event.pb.h"

namespace revops::simulation {

inline v1::Id MakeId(v1::IdKind kind, absl::string_view name_space, absl::string_view value) {
  v1::Id id;
  id.set_kind(kind);
  id.set_namespace_(name_space.data(), name_space.size());
  id.set_value(value.data(), value.size());
  return id;
}

inline v1::Id CrmId(v1::IdKind kind, absl::string_view value) { return MakeId(kind, "crm", value); }

inline v1::Id AccountId(int account) {
  return CrmId(v1::ACCOUNT, absl::StrFormat("a-%06d", account));
}

// The person `contact` of an account has one record in marketing automation, one as a lead and one
// as a contact of the CRM.
inline v1::Id MarketingId(int account, int contact) {
  return MakeId(v1::CONTACT, "mkt", absl::StrFormat("m-%06d%02d", account, contact));
}
inline v1::Id LeadId(int account, int contact) {
  return CrmId(v1::LEAD, absl::StrFormat("l-%06d%02d", account, contact));
}
inline v1::Id ContactId(int account, int contact) {
  return CrmId(v1::CONTACT, absl::StrFormat("c-%06d%02d", account, contact));
}

// A cookie tells nothing of whose it is.
inline v1::Id VisitorId(uint64_t cookie) {
  return MakeId(v1::ANONYMOUS, "web", absl::StrFormat("v-%013x", cookie >> 12));
}

inline v1::Id DealId(int account, int deal) {
  return CrmId(v1::OPPORTUNITY, absl::StrFormat("o-%06d-%d", account, deal));
}

inline v1::Id CampaignId(absl::string_view campaign) { return CrmId(v1::CAMPAIGN, campaign); }
inline v1::Id OwnerId(absl::string_view owner) { return CrmId(v1::OWNER, owner); }
inline v1::Id OurCompany() { return CrmId(v1::COMPANY, "us"); }

inline void SetMoney(v1::Money* money, absl::string_view currency, int64_t units) {
  money->set_currency_code(currency.data(), currency.size());
  money->set_units(units);
}

}  // namespace revops::simulation
