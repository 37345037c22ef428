// What comes in wrong is refused or set aside in words, and disturbs nothing else.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/embedded_log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/system/server.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;

// 2025-03-01T10:00:00Z
constexpr char kWhen[] = R"("occurred_at":"1740823200000000")";

std::string Contact(const std::string& value, const std::string& name_space = "crm") {
  return absl::StrCat(R"("subject":[{"kind":"CONTACT","namespace":")", name_space, R"(","value":")",
                      value, R"("}])");
}

std::string Deal(const std::string& value) {
  return absl::StrCat(R"("subject":[{"kind":"OPPORTUNITY","namespace":"crm","value":")", value,
                      R"("}])");
}

std::string PageView(const std::string& id, const std::string& contact) {
  return absl::StrCat(R"({"id":")", id, R"(","source":"web",)", kWhen, ",", Contact(contact),
                      R"(,"page_view":{"url":"/pricing"}})");
}

// An order whose amount is `money`.
std::string Order(const std::string& id, const std::string& money) {
  return absl::StrCat(R"({"id":")", id, R"(","source":"shop",)", kWhen, ",", Contact("payer"),
                      R"(,"order":{"order_id":"o-1","amount":)", money, "}}");
}

class BadInputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new Server; }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->Stop().exit_code, 0);
    delete server_;
    server_ = nullptr;
  }
  static Server& server() { return *server_; }

 private:
  static Server* server_;
};
Server* BadInputTest::server_ = nullptr;

struct BadEvent {
  std::string what;
  std::string event;
  std::string code;
  std::string words;
};

const std::vector<BadEvent>& BadEvents() {
  const auto page_view = [](const std::string& envelope) {
    return absl::StrCat("{", envelope, R"(,"page_view":{"url":"/"}})");
  };
  const std::string named = R"("id":"bad","source":"web",)";
  static const auto* events = new std::vector<BadEvent>{
      {"no id", page_view(absl::StrCat(R"("source":"web",)", kWhen, ",", Contact("x"))),
       "bad_envelope", "id is missing"},
      {"no source", page_view(absl::StrCat(R"("id":"1",)", kWhen, ",", Contact("x"))),
       "bad_envelope", "source is missing"},
      {"no time", page_view(named + Contact("x")), "bad_envelope", "occurred_at is missing"},
      {"the year 2255", page_view(named + R"("occurred_at":"9000000000000000",)" + Contact("x")),
       "bad_envelope", "outside the years 1900 to 2200"},
      {"the year 1684", page_view(named + R"("occurred_at":"-9000000000000000",)" + Contact("x")),
       "bad_envelope", "outside the years 1900 to 2200"},
      {"the year 2100", page_view(named + R"("occurred_at":"4102444800000000",)" + Contact("x")),
       "in_the_future", "ahead of now"},
      {"nobody", page_view(named + kWhen), "no_subject", "subject is empty"},
      {"an id without a value",
       page_view(named + kWhen + R"(,"subject":[{"kind":"CONTACT","namespace":"crm"}])"),
       "bad_envelope", "subject[0]"},
      {"an id without a kind",
       page_view(named + kWhen + R"(,"subject":[{"namespace":"crm","value":"1"}])"), "bad_envelope",
       "subject[0]"},
      {"an id of no system",
       page_view(named + kWhen + R"(,"subject":[{"kind":"CONTACT","value":"42"}])"), "bad_id",
       "name the system that gave the value"},
      {"a link to an id of no system",
       absl::StrCat("{", named, kWhen, ",", Contact("x"),
                    R"(,"linked":{"child":{"kind":"CONTACT","namespace":"crm","value":"x"},)",
                    R"("parent":{"kind":"ACCOUNT","value":"1"}}})"),
       "bad_id", "linked.parent"},
      {"no body", absl::StrCat("{", named, kWhen, ",", Contact("x"), "}"), "no_body",
       "body is missing"},
      {"an event of nothing", "{}", "bad_envelope", "id is missing"},
      {"a control character in the id",
       absl::StrCat(R"({"id":"a\u0000b","source":"web",)", kWhen, ",", Contact("x"),
                    R"(,"page_view":{"url":"/"}})"),
       "bad_envelope", "control character"},
      {"a text too long",
       absl::StrCat("{", named, kWhen, ",", Contact("x"), R"(,"page_view":{"url":")",
                    std::string(40'000, 'u'), R"("}})"),
       "text_too_long", "page_view.url has 40000 bytes"},
      {"an event too large",
       absl::StrCat("{", named, kWhen, ",", Contact("x"), R"(,"page_view":{"url":")",
                    std::string(70'000, 'u'), R"("}})"),
       "too_large", "at most 65536"},
      {"a deal without its id",
       absl::StrCat("{", named, kWhen, ",", Contact("x"), R"(,"opportunity_opened":{}})"),
       "no_subject", "no id of kind OPPORTUNITY"},
      {"a link to nothing",
       absl::StrCat("{", named, kWhen, ",", Contact("x"),
                    R"(,"linked":{"child":{"kind":"CONTACT","namespace":"crm","value":"x"}}})"),
       "missing_field", "linked.parent"},
      {"a kind of no name", absl::StrCat("{", named, kWhen, ",", Contact("x"), R"(,"custom":{}})"),
       "missing_field", "custom.kind is missing"},
      {"no such currency", Order("bad", R"({"currency_code":"EURO","units":"1"})"), "bad_money",
       "order.amount"},
      {"money without a currency", Order("bad", R"({"units":"1"})"), "bad_money", "order.amount"},
      {"nanos beyond a unit",
       Order("bad", R"({"currency_code":"EUR","units":"1","nanos":1000000000})"), "bad_money",
       "carry whole units"},
      {"signs that differ", Order("bad", R"({"currency_code":"EUR","units":"1","nanos":-1000})"),
       "bad_money", "differ in sign"},
      {"no amount",
       absl::StrCat("{", named, kWhen, ",", Contact("x"), R"(,"order":{"order_id":"o"}})"),
       "missing_field", "order.amount is missing"},
      {"a negative refund",
       absl::StrCat("{", named, kWhen, ",", Contact("x"),
                    R"(,"refund":{"amount":{"currency_code":"EUR","units":"-5"}}})"),
       "bad_money", "refund.amount is negative"},
  };
  return *events;
}

TEST_F(BadInputTest, ABadEventIsRefusedInWordsAndItsNeighboursAreKept) {
  int round = 0;
  for (const BadEvent& bad : BadEvents()) {
    SCOPED_TRACE(bad.what);
    const std::string contact = absl::StrCat("neighbour-", ++round);
    const v1::PublishResponse response = server().Publish(
        {PageView(contact + "-before", contact), bad.event, PageView(contact + "-after", contact)});
    ASSERT_EQ(response.answers_size(), 3);
    EXPECT_EQ(response.answers(0).verdict(), v1::PublishResponse::ACCEPTED);
    EXPECT_EQ(response.answers(1).verdict(), v1::PublishResponse::REFUSED);
    EXPECT_EQ(response.answers(1).code(), bad.code);
    EXPECT_THAT(response.answers(1).reason(), HasSubstr(bad.words));
    EXPECT_EQ(response.answers(2).verdict(), v1::PublishResponse::ACCEPTED);
    EXPECT_EQ(server().Timeline(v1::CONTACT, "crm", contact, response.token()).size(), 2u);
  }
  server().ExpectAddsUp();
}

TEST_F(BadInputTest, ARequestThatCannotBeReadIsRefusedWholeAndNothingIsKept) {
  const uint64_t before = server().Appended();
  const std::string good = PageView("unread", "unread");
  const struct {
    std::string what, body, content_type;
    int status;
    std::string words;
  } requests[] = {
      {"cut off", R"({"events":[)" + good.substr(0, good.size() / 2), "application/json", 400, ""},
      {"not JSON", "events=1", "application/json", 400, ""},
      {"deeply nested", std::string(100'000, '['), "application/json", 400, "nest"},
      {"a misspelt field", R"({"events":[{"idd":"1"}]})", "application/json", 400, "idd"},
      {"an unknown body", R"({"events":[{"id":"1","hologram":{}}]})", "application/json", 400,
       "hologram"},
      {"an unknown kind of id",
       R"({"events":[{"id":"1","subject":[{"kind":"ALIEN","value":"1"}]}]})", "application/json",
       400, "ALIEN"},
      {"money that overflows",
       R"({"events":[)" + good + "," +
           Order("bad", R"({"currency_code":"EUR","units":"9223372036854775808"})") + "]}",
       "application/json", 400, "units"},
      {"a time that overflows", R"({"events":[{"occurred_at":"99999999999999999999"}]})",
       "application/json", 400, "occurred_at"},
      {"wrong encoding", "{\"events\":[{\"id\":\"caf\xe9\"}]}", "application/json", 400, "UTF-8"},
      {"UTF-16", std::string("{\0\"\0e\0", 6), "application/json", 400, ""},
      {"no protobuf", "\xff\xff\xff\xff\xff\xff", "application/proto", 400, ""},
      // Event { id: "\xff\xfe" }
      {"protobuf in the wrong encoding", std::string("\x0a\x04\x0a\x02\xff\xfe", 6),
       "application/proto", 400, ""},
      {"five MiB", std::string(5 << 20, ' '), "application/json", 413, ""},
      {"plain text", R"({"events":[]})", "text/plain", 415, ""},
  };
  for (const auto& request : requests) {
    SCOPED_TRACE(request.what);
    const HttpAnswer answer = server().Post("Publish", request.body, request.content_type);
    EXPECT_EQ(answer.status, request.status) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("\"message\":"));
    EXPECT_THAT(answer.body, HasSubstr(request.words));
    EXPECT_LT(answer.body.size(), 4096u);
  }
  EXPECT_EQ(server().Appended(), before);
  server().ExpectAddsUp();
}

TEST_F(BadInputTest, TheSameValueInTwoNamespacesIsTwoPeople) {
  const auto response =
      server().Publish({absl::StrCat(R"({"id":"ns-1","source":"web",)", kWhen, ",",
                                     Contact("42", "crm"), R"(,"page_view":{"url":"/crm"}})"),
                        absl::StrCat(R"({"id":"ns-2","source":"web",)", kWhen, ",",
                                     Contact("42", "web"), R"(,"page_view":{"url":"/web"}})")});
  const auto crm = server().Timeline(v1::CONTACT, "crm", "42", response.token());
  ASSERT_EQ(crm.size(), 1u);
  EXPECT_EQ(crm[0].event().page_view().url(), "/crm");
  const auto web = server().Timeline(v1::CONTACT, "web", "42", response.token());
  ASSERT_EQ(web.size(), 1u);
  EXPECT_EQ(web[0].event().page_view().url(), "/web");
}

TEST_F(BadInputTest, MoneyAtTheEdgesOfItsRangeAddsUpWithoutOverflow) {
  const std::string most = R"({"currency_code":"EUR","units":"9223372036854775807"})";
  const std::string least = R"({"currency_code":"EUR","units":"-9223372036854775808"})";
  std::vector<std::string> events;
  int number = 0;
  for (const std::string& amount : {most, most, least, most}) {
    const std::string deal = absl::StrCat("edge-", ++number);
    events.push_back(absl::StrCat(
        R"({"id":"open-)", deal, R"(","source":"crm",)", kWhen, ",", Deal(deal),
        R"(,"opportunity_opened":{"fields":{"stage_id":"proposal","amount":)", amount, "}}}"));
    events.push_back(Order(absl::StrCat("order-", deal), amount));
  }
  const v1::PublishResponse response = server().Publish(events);
  EXPECT_EQ(response.accepted(), events.size()) << response.ShortDebugString();
  server().ExpectAddsUp(response.token());
}

TEST_F(BadInputTest, AKindOfOnesOwnIsKeptAndSeen) {
  const auto response =
      server().Publish({absl::StrCat(R"({"id":"own","source":"lab",)", kWhen, ",", Contact("own"),
                                     R"(,"custom":{"kind":"hologram_call","text":"hello"}})")});
  const auto entries = server().Timeline(v1::CONTACT, "crm", "own", response.token());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].event().custom().kind(), "hologram_call");
}

TEST_F(BadInputTest, WhatANewerPublisherSaysIsKeptForThoseWhoUnderstandIt) {
  v1::PublishRequest request;
  v1::Event& event = *request.add_events();
  event.set_id("newer");
  event.set_source("future");
  event.set_occurred_at(1'740'823'200'000'000);
  v1::Id& contact = *event.add_subject();
  contact.set_kind(v1::CONTACT);
  contact.set_namespace_("crm");
  contact.set_value("newer");
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(900, "a new body");
  const auto published = server().api().Publish(request);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->accepted(), 1u) << published->ShortDebugString();
  const auto entries = server().Timeline(v1::CONTACT, "crm", "newer", published->token());
  ASSERT_EQ(entries.size(), 1u);
  const auto& unknown = event.GetReflection()->GetUnknownFields(entries[0].event());
  ASSERT_EQ(unknown.field_count(), 1);
  EXPECT_EQ(unknown.field(0).length_delimited(), "a new body");
}

TEST_F(BadInputTest, WhatDoesNotApplyIsADeadLetterUntilItsPastArrives) {
  const std::string won =
      absl::StrCat(R"({"id":"late-won","source":"crm","occurred_at":"1743501600000000",)",
                   Deal("late"), R"(,"opportunity_closed":{"outcome":"WON"}})");
  const auto dead_letters_of_late = [&](const std::string& token) {
    v1::DeadLettersRequest request;
    request.set_projection("opportunity");
    request.mutable_await()->set_token(token);
    const auto response = server().api().DeadLetters(request);
    EXPECT_TRUE(response.ok()) << response.status();
    int count = 0;
    for (const v1::DeadLetter& letter : response->dead_letters()) {
      if (letter.event().id() != "late-won") continue;
      EXPECT_NE(letter.reason(), "");
      ++count;
    }
    return count;
  };
  EXPECT_EQ(dead_letters_of_late(server().Publish({won}).token()), 1);
  server().ExpectAddsUp();
  const std::string opened =
      absl::StrCat(R"({"id":"late-opened","source":"crm",)", kWhen, ",", Deal("late"),
                   R"(,"opportunity_opened":{"fields":{"stage_id":"proposal",)",
                   R"("amount":{"currency_code":"EUR","units":"100"}}}})");
  const std::string token = server().Publish({opened}).token();
  EXPECT_EQ(dead_letters_of_late(token), 0);
  server().ExpectAddsUp(token);
}

TEST(BadRecordTest, ARecordInTheLogThatIsNoEventIsADeadLetterOfItsOwn) {
  Server server;
  const std::string token = server.Publish({PageView("good", "ada")}).token();
  EXPECT_EQ(server.Timeline(v1::CONTACT, "crm", "ada", token).size(), 1u);
  ASSERT_EQ(server.Stop().exit_code, 0);
  {
    // Upstream systems may write to the log themselves.
    const auto log = EmbeddedLog::Open(server.data() + "/log", {});
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_TRUE((*log)
                    ->Append({{{"touchpoints", 0}, "", "no event"},
                              {{"touchpoints", 1}, "", ""},
                              {{"touchpoints", 2}, "", std::string(100'000, 'x')}})
                    .ok());
  }
  server.Start();
  const std::string after = server.Publish({PageView("next", "ada")}).token();
  EXPECT_EQ(server.Timeline(v1::CONTACT, "crm", "ada", after).size(), 2u);
  v1::DeadLettersRequest request;
  request.mutable_await()->set_token(after);
  const auto letters = server.api().DeadLetters(request);
  ASSERT_TRUE(letters.ok()) << letters.status();
  EXPECT_EQ(letters->dead_letters_size(), 3);
  for (const v1::DeadLetter& letter : letters->dead_letters()) {
    EXPECT_NE(letter.reason(), "");
    EXPECT_FALSE(letter.has_event());
    EXPECT_LE(letter.record().size(), 1024u);
  }
  server.ExpectAddsUp();
  EXPECT_EQ(server.Stop().exit_code, 0);
  const ProgramRun verified = RunProgram({"verify", "--data", server.data()});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace revops::test
