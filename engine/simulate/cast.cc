#include "engine/simulate/cast.h"

#include <algorithm>

namespace revops::simulation {
namespace {

constexpr uint64_t kAccountStream = 1;

void AddContacts(Account& account, Random& random) {
  int64_t count = account.fit == Fit::kPoor ? random.Between(1, 3) : random.Between(2, 4);
  if (account.fit != Fit::kPoor) count += random.Skewed(0, 4);
  for (int64_t i = 0; i < count; ++i) {
    Contact contact;
    if (i == 0) {
      contact.role = Role::kChampion;
    } else if (i == 1) {
      contact.role = Role::kDecisionMaker;
    } else {
      contact.role = random.Percent(12) ? Role::kConsultant : Role::kUser;
    }
    contact.devices = static_cast<uint8_t>(1 + random.Weighted({60, 32, 8}));
    contact.cookie = random.Next();
    account.contacts.push_back(contact);
  }
}

}  // namespace

const char* const kIndustry[kIndustries] = {"software",           "manufacturing", "logistics",
                                            "financial_services", "retail",        "education"};

const char* RoleName(Role role) {
  static constexpr const char* kNames[] = {"champion", "decision maker", "user", "consultant"};
  return kNames[static_cast<int>(role)];
}

const char* TitleOf(Role role) {
  static constexpr const char* kNames[] = {"Head of Revenue Operations", "Chief Revenue Officer",
                                           "Sales Operations Analyst", "Consultant"};
  return kNames[static_cast<int>(role)];
}

const char* SeniorityOf(Role role) {
  static constexpr const char* kNames[] = {"director", "c_level", "individual", "individual"};
  return kNames[static_cast<int>(role)];
}

const char* DepartmentOf(Role role) {
  static constexpr const char* kNames[] = {"operations", "management", "sales", "consulting"};
  return kNames[static_cast<int>(role)];
}

Account MakeAccount(int index, uint64_t seed, Instant start, int days) {
  Account account;
  account.index = index;
  account.random = Random(seed, kAccountStream, static_cast<uint64_t>(index));
  Random& random = account.random;
  account.owner_draw = random.Next() >> 1;
  account.region = static_cast<int>(random.Weighted({45, 30, 25}));
  account.country = static_cast<uint8_t>(random.Weighted({70, 18, 12}));
  account.industry = static_cast<uint8_t>(random.Weighted({30, 22, 14, 14, 12, 8}));
  account.fit = static_cast<Fit>(random.Weighted({42, 33, 25}));
  if (account.fit == Fit::kPoor) {
    account.employees = static_cast<int32_t>(random.Skewed(1, 45));
  } else {
    account.employees = static_cast<int32_t>(random.Skewed(60, 6000));
  }
  AddContacts(account, random);

  const size_t kind = random.Weighted({14, 66, 12, 8});
  account.outbound = account.fit != Fit::kPoor && random.Percent(35);
  if (kind == 0 && account.fit != Fit::kPoor) {
    account.phase = Phase::kCustomer;
    account.wakes_at = start + random.Between(0, 30) * kDay;
  } else if (kind == 2) {
    account.wakes_at = start + 20'000 * kDay;  // sleeps through it all
  } else {
    // More wake early: what begins in the last quarter never gets far.
    account.wakes_at = start + random.Between(0, std::max(1, days * 17 / 20)) * kDay;
  }
  account.giveaway = account.fit == Fit::kPoor && random.Percent(60);
  return account;
}

}  // namespace revops::simulation
