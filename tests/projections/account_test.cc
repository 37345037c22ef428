#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using View = v1::AccountView;

const Id kAcme(v1::ACCOUNT, "crm", "acme");

int64_t StartOf(const std::string& day) { return int64_t{*ParseDay(day)} * kMicrosPerDay; }

// An event of the account; of one of its people, if named.
std::string On(const std::string& day, const std::string& rest, const std::string& person = "",
               const std::string& account = "acme") {
  return absl::StrCat(
      "occurred_at: ", StartOf(day), " subject { kind: ACCOUNT namespace: 'crm' value: '", account,
      "' } ",
      person.empty()
          ? ""
          : absl::StrCat("subject { kind: CONTACT namespace: 'crm' value: '", person, "' } "),
      rest);
}
std::string JoinedAs(const std::string& role) {
  return "joined_account { contact { kind: CONTACT value: 'x' } account { kind: ACCOUNT value: "
         "'y' } role: '" +
         role + "' }";
}

View Account(const ProjectionDriver& views, int64_t at = 0) { return *views.Get<View>(kAcme, at); }
int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }

TEST(AccountTest, EachOpenDealWantsEveryRoleOfTheCommittee) {
  const auto deal = [](const std::string& day, const std::string& id, const std::string& rest) {
    return On(day, "subject { kind: OPPORTUNITY namespace: 'crm' value: '" + id + "' } " + rest);
  };
  const std::string opened = "opportunity_opened { fields { stage_id: 'discovery' } }";
  ProjectionDriver views;
  const auto expect = [&](int64_t wanted, int64_t covered) {
    EXPECT_EQ(AsInt(views.Sum("committee_roles_wanted")), wanted);
    EXPECT_EQ(AsInt(views.Sum("committee_roles_covered")), covered);
  };
  // The model wants a champion, a decision maker and a user.
  views.Given({On("2024-01-01", JoinedAs("champion"), "ada"), On("2024-01-02", "form {}", "ada"),
               On("2024-01-02", JoinedAs("decision maker"), "bob"),
               On("2024-01-02", JoinedAs("consultant"), "cid"), On("2024-01-03", "form {}", "cid"),
               deal("2024-01-04", "d1", opened), deal("2024-01-05", "d2", opened)});
  expect(6, 2);
  EXPECT_EQ(AsInt(views.Sum("committee_roles_covered", {{"role", "champion"}})), 2);
  views.Given({On("2024-01-06", "form {}", "bob")});
  expect(6, 4);
  views.Given({deal("2024-01-07", "d1", "opportunity_closed { outcome: WON }")});
  expect(3, 2);
  views.Given({On("2024-01-08",
                  "entity_deleted { entity { kind: CONTACT namespace: 'crm' value: "
                  "'ada' } }",
                  "ada")});
  expect(3, 1);
  views.Given({deal("2024-01-09", "d1", "opportunity_reopened {}")});
  expect(6, 2);
}

TEST(AccountTest, TheBuyingCommitteeIsCoveredWhereSomebodyOfTheRoleMetUs) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", JoinedAs("champion"), "ada"),
               On("2024-01-02", JoinedAs("decision maker"), "bob"),
               On("2024-01-03", "persona { persona: 'finance' }", "bob"),
               On("2024-01-04", "form {}", "ada"), On("2024-01-05", "form {}", "ada")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  View account = Account(views);
  EXPECT_EQ(account.people(), 2);
  EXPECT_EQ(account.touched_people(), 1);
  ASSERT_EQ(account.by_role_size(), 2);
  EXPECT_EQ(account.by_role(0).name(), "champion");
  EXPECT_EQ(account.by_role(0).touched(), 1);
  EXPECT_EQ(account.by_role(1).touched(), 0);
  EXPECT_EQ(account.by_persona(0).people(), 1);
  EXPECT_EQ(account.roles(), 2);
  EXPECT_EQ(account.roles_covered(), 1);
  // Not met for more than 90 days.
  EXPECT_EQ(Account(views, StartOf("2024-04-10")).roles_covered(), 0);
  EXPECT_EQ(AsInt(views.Sum("committee_roles_met")), 1);
  EXPECT_EQ(AsInt(views.Sum("people_at_accounts", {{"role", "champion"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("people_at_accounts", {{"persona", "finance"}})), 1);
}

TEST(AccountTest, WhoLeavesIsCountedNoMore) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", JoinedAs("champion"), "ada"), On("2024-01-04", "form {}", "ada")});
  views.GivenTenure(kAcme, {Id(v1::CONTACT, "crm", "ada"), /*joined=*/false, Id()});
  EXPECT_EQ(Account(views).people(), 0);
  EXPECT_EQ(Account(views).touched_people(), 0);
  EXPECT_EQ(Account(views).roles_covered(), 0);
  EXPECT_EQ(AsInt(views.Sum("people_at_accounts")), 0);
  EXPECT_EQ(AsInt(views.Sum("committee_roles_met")), 0);
}

TEST(AccountTest, ADealsContactRolesAreRolesOfTheAccount) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "form {}", "ada"),
               On("2024-01-02",
                  "subject { kind: OPPORTUNITY value: 'd1' } opportunity_opened { fields { "
                  "contact_roles { contact { kind: CONTACT namespace: 'crm' value: 'ada' } role: "
                  "'economic buyer' } } }")});
  ASSERT_EQ(Account(views).by_role_size(), 1);
  EXPECT_EQ(Account(views).by_role(0).name(), "economic buyer");
  EXPECT_EQ(Account(views).by_role(0).touched(), 1);
  EXPECT_EQ(Account(views).open_deals(), 1);
}

TEST(AccountTest, AnAccountAndItsPeopleAreActiveOnceAPeriod) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", "target_list { list: 'top' }"), On("2024-01-03", "form {}", "ada"),
               On("2024-01-04", "form {}", "bob"), On("2024-01-20", "form {}", "ada"),
               On("2024-02-01", "form {}", "ada")});
  EXPECT_EQ(AsInt(views.Sum("active_accounts_month")), 2);
  EXPECT_EQ(AsInt(views.Sum("active_accounts_quarter")), 1);
  EXPECT_EQ(AsInt(views.Sum("active_accounts_week")), 3);
  EXPECT_EQ(AsInt(views.Sum("active_people_month")), 3);
  EXPECT_EQ(AsInt(views.Sum("active_people_year")), 2);
  EXPECT_EQ(AsInt(views.Sum("active_listed_accounts_month", {{"list", "top"}})), 2);
  EXPECT_EQ(AsInt(views.Sum("listed_accounts", {{"list", "top"}})), 1);
}

TEST(AccountTest, TheDayAfterMayBeOfTheNextPeriod) {
  ProjectionDriver views;
  views.Given({On("2024-01-31", "form {}", "ada"), On("2024-02-01", "form {}", "ada"),
               On("2024-02-01", "form {}", "bob")});
  EXPECT_EQ(AsInt(views.Sum("active_accounts_month")), 2);
  EXPECT_EQ(AsInt(views.Sum("active_people_month")), 3);
  EXPECT_EQ(AsInt(views.Sum("active_accounts_week")), 1);
}

TEST(AccountTest, OutreachIsWhatSomebodyOfUsDid) {
  ProjectionDriver views;
  views.Given(
      {On("2024-01-03", "form {}", "ada"), On("2024-01-04", "page_view {}", "ada"),
       On("2024-01-05", "actor: 'amy' automation: HUMAN team: SALES email { action: SENT }", "ada"),
       On("2024-01-06", "actor: 'amy' automation: SEQUENCE team: SALES email { action: SENT }",
          "ada")});
  EXPECT_EQ(Account(views).outreach(), 1);
}

TEST(AccountTest, DealsAreCountedAsTheyStand) {
  ProjectionDriver views;
  const std::string deal = "subject { kind: OPPORTUNITY namespace: 'crm' value: 'd1' } ";
  views.Given({On("2024-01-02", deal + "opportunity_opened {}"),
               On("2024-01-05", deal + "opportunity_closed { outcome: WON }")});
  EXPECT_EQ(Account(views).open_deals(), 0);
  EXPECT_EQ(Account(views).won_deals(), 1);
  views.Given({On("2024-01-08", deal + "opportunity_reopened {}")});
  EXPECT_EQ(Account(views).open_deals(), 1);
  EXPECT_EQ(Account(views).won_deals(), 0);
}

TEST(AccountTest, AnAccountPutOnAListAgainIsListedOnce) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", "target_list { list: 'top' }"),
               On("2024-01-03", "target_list { list: 'top' }")});
  EXPECT_EQ(AsInt(views.Sum("listed_accounts", {{"list", "top"}})), 1);
  views.Given({On("2024-01-04", "target_list { list: 'top' removed: true }"),
               On("2024-01-05", "target_list { list: 'top' removed: true }")});
  EXPECT_EQ(AsInt(views.Sum("listed_accounts", {{"list", "top"}})), 0);
}

TEST(AccountTest, TheLastTouchOfEachTeamIsKept) {
  ProjectionDriver views;
  views.Given(
      {On("2024-01-03", "team: MARKETING webinar { action: ATTENDED }", "ada"),
       On("2024-01-05", "team: SALES actor: 'amy' meeting { action: HELD meeting_id: 'm' }", "ada"),
       On("2024-01-09", "team: MARKETING form {}", "bob")});
  const View account = Account(views, StartOf("2024-01-19"));
  ASSERT_EQ(account.last_by_team_size(), 2);
  EXPECT_EQ(account.last_by_team(0).team(), "marketing");
  EXPECT_EQ(account.last_by_team(0).kind(), "form");
  EXPECT_EQ(account.last_by_team(0).times(), 2);
  EXPECT_EQ(account.last_by_team(1).actor(), "amy");
  EXPECT_EQ(account.meetings(), 1);
  EXPECT_EQ(account.days_since_last_touch(), 10);
}

TEST(AccountTest, ListedAccountsStandByTheLongestUntouched) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "target_list { list: 'top' }", "", "early"),
               On("2024-01-02", "form {}", "ada", "early"),
               On("2024-01-03", "target_list { list: 'top' }", "", "late"),
               On("2024-01-04", "form {}", "bob", "late"),
               On("2024-01-05", "target_list { list: 'top' }", "", "never"),
               On("2024-01-06", "target_list { list: 'top' }", "", "gone"),
               On("2024-01-07", "target_list { list: 'top' removed: true }", "", "gone")});
  EXPECT_THAT(views.List("account", "listed"), ElementsAre("never", "early", "late"));
  EXPECT_THAT(views.List("account", "touches"), ElementsAre("early", "late"));
}

TEST(AccountTest, TraitsArePatchedAndTheParentIsNamed) {
  ProjectionDriver views;
  views.Given({On("2024-01-01",
                  "traits { industry: 'retail' country: 'DE' ultimate_parent { kind: ACCOUNT "
                  "namespace: 'crm' value: 'big' } }"),
               On("2024-01-02", "traits { country: 'FR' cleared: 'industry' }"),
               On("2024-01-03", "traits { country: 'US' }", "ada")});
  EXPECT_EQ(Account(views).industry(), "");
  EXPECT_EQ(Account(views).country(), "FR");
  EXPECT_EQ(Account(views).ultimate_parent(), "account:crm:big");
}

TEST(AccountTest, MeetingsAndDemosHeldAreCountedAndTheLastIsKept) {
  ProjectionDriver views;
  views.Given({On("2024-01-03", "meeting { action: HELD meeting_id: 'm' }", "ada"),
               On("2024-01-05", "demo { action: HELD }", "ada"),
               On("2024-01-09", "meeting { action: BOOKED meeting_id: 'n' }", "ada")});
  EXPECT_EQ(Account(views).meetings(), 2);
  EXPECT_EQ(Account(views).last_meeting_at(), StartOf("2024-01-05"));
  EXPECT_EQ(Account(views).first_touch_at(), StartOf("2024-01-03"));
}

TEST(AccountTest, ADeletedAccountIsListedNoMoreUntilRestoredAndOneMergedIntoItTakesNothing) {
  const auto about = [](const char* what, const char* account) {
    return absl::StrCat(what, " { entity { kind: ACCOUNT namespace: 'crm' value: '", account,
                        "' } }");
  };
  ProjectionDriver views;
  views.Given(
      {On("2024-01-01", "form {}", "ada"), On("2024-01-02", about("entity_deleted", "merged"))});
  EXPECT_THAT(views.List("account", "touches"), ElementsAre("acme"));
  views.Given({On("2024-01-03", about("entity_deleted", "acme"))});
  EXPECT_THAT(views.List("account", "touches"), IsEmpty());
  views.Given({On("2024-01-04", about("entity_restored", "acme"))});
  EXPECT_THAT(views.List("account", "touches"), ElementsAre("acme"));
}

TEST(AccountTest, ADeletedPersonIsCountedNoMoreButNotForWhatElseOfThemIsDeleted) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "form {}", "ada"),
               On("2024-01-02", "entity_deleted { entity { kind: CAMPAIGN value: 'c' } }", "ada")});
  EXPECT_EQ(Account(views).people(), 1);
  views.Given(
      {On("2024-01-03", "entity_deleted { entity { kind: CONTACT namespace: 'crm' value: 'ada' } }",
          "ada")});
  EXPECT_EQ(Account(views).people(), 0);
  EXPECT_EQ(AsInt(views.Sum("people_at_accounts")), 0);
}

TEST(AccountTest, WhoChangesRolesCountsInTheNewOneAndTwoWhoMetUsAreOneRoleMet) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", JoinedAs("user"), "ada"), On("2024-01-02", "form {}", "ada"),
               On("2024-01-03", JoinedAs("champion"), "ada"), On("2024-01-04", JoinedAs(""), "ada"),
               On("2024-01-05", JoinedAs("champion"), "bob"), On("2024-01-05", "form {}", "bob")});
  EXPECT_EQ(Account(views).roles(), 1);
  EXPECT_EQ(AsInt(views.Sum("committee_roles_met")), 1);
  EXPECT_EQ(AsInt(views.Sum("people_at_accounts", {{"role", "champion"}})), 2);
  EXPECT_EQ(AsInt(views.Sum("people_at_accounts", {{"role", "user"}})), 0);
  // Met within 90 days, the 90th included.
  EXPECT_EQ(Account(views, StartOf("2024-04-04")).roles_covered(), 1);
  EXPECT_EQ(Account(views, StartOf("2024-04-04") + 1).roles_covered(), 0);
}

TEST(AccountTest, ALeadIsOneOfItsPeopleAndAVisitorIsNot) {
  ProjectionDriver views;
  views.Given(
      {On("2024-01-01", "subject { kind: LEAD namespace: 'crm' value: 'l' } form {}"),
       On("2024-01-02", "subject { kind: ANONYMOUS namespace: 'web' value: 'v' } form {}")});
  EXPECT_EQ(Account(views).people(), 1);
  EXPECT_EQ(Account(views).touches(), 2);
}

TEST(AccountTest, OutreachThatIsNoTouchIsAContactOfItsTeamToo) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", "actor: 'amy' automation: HUMAN team: SALES email { action: SENT }",
                  "ada")});
  ASSERT_EQ(Account(views).last_by_team_size(), 1);
  EXPECT_EQ(Account(views).last_by_team(0).actor(), "amy");
  EXPECT_EQ(Account(views).touches(), 0);
}

TEST(AccountTest, SegmentsAreLeftAgainAndTraitsThatAPatchDoesNotNameStay) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "segment { segment: 'smb' }"),
               On("2024-01-02", "segment { segment: 'retail' }"),
               On("2024-01-03", "segment { segment: 'smb' removed: true }"),
               On("2024-01-04", "traits { name: 'Acme' region: 'emea' employees: 50 }"),
               On("2024-01-05", "traits { country: 'FR' }")});
  EXPECT_THAT(Account(views).segments(), ElementsAre("retail"));
  EXPECT_EQ(Account(views).employees(), 50);
  EXPECT_EQ(Account(views).region(), "emea");
}

TEST(AccountTest, RolesBeyondSixtyAreTheOthers) {
  ProjectionDriver views;
  for (int i = 0; i < 70; ++i) {
    views.Given({On("2024-01-01", JoinedAs(absl::StrCat("role ", i)), absl::StrCat("p", i))});
  }
  EXPECT_EQ(Account(views).by_role_size(), 61);
  EXPECT_EQ(Account(views).people(), 70);
}

}  // namespace
}  // namespace revops::test
