#include "engine/serve/connect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <stdexcept>

#include "engine/serve/connect_error.h"
#include "engine/serve/json.h"
#include "tests/serve/fake_api.h"

namespace revops {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Gzip(const std::string& text) {
  std::string packed(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(&packed[0]);
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

class ConnectTest : public ::testing::Test {
 protected:
  HttpAnswer Post(const std::string& call, const std::string& body,
                  const std::string& type = "application/json", const std::string& encoding = "") {
    return AnswerCall(api_, {"POST", "/revops.v1.RevopsService/" + call, type, encoding, body},
                      {.body_bytes_max = 1000});
  }

  test::FakeApi api_;
};

TEST_F(ConnectTest, EveryCallOfTheContractHasARoute) {
  const auto* service = v1::GetRequest::descriptor()->file()->service(0);
  std::vector<std::string> names;
  for (int i = 0; i < service->method_count(); ++i) names.push_back(service->method(i)->name());
  std::vector<std::string> routes;
  for (absl::string_view name : CallNames()) routes.emplace_back(name);
  EXPECT_THAT(routes, ElementsAreArray(names));
  EXPECT_EQ(kServicePath, "/" + service->full_name() + "/");
  for (const std::string& name : names) EXPECT_EQ(Post(name, "{}").status, 200) << name;
}

TEST_F(ConnectTest, JsonIsAnsweredInJsonWithFieldNamesAsInTheContract) {
  const HttpAnswer answer = Post("Get", R"({"view":"lead","id":{"kind":"CONTACT","value":"ada"}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_THAT(answer.body, HasSubstr(R"("model_version":"lead")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("settled":false)"));
  EXPECT_THAT(answer.body, HasSubstr(R"("@type":"type.googleapis.com/revops.v1.Id")"));
}

TEST_F(ConnectTest, ProtoIsAnsweredInProto) {
  v1::GetRequest request;
  request.set_view("deal");
  const HttpAnswer answer = Post("Get", request.SerializeAsString(), "application/proto");
  EXPECT_EQ(answer.content_type, "application/proto");
  v1::GetResponse response;
  ASSERT_TRUE(response.ParseFromString(answer.body));
  EXPECT_EQ(response.seen().model_version(), "deal");
}

TEST_F(ConnectTest, CharsetAndCaseOfTheContentTypeDoNotMatter) {
  EXPECT_EQ(Post("Status", "{}", "Application/JSON; charset=utf-8").status, 200);
}

TEST_F(ConnectTest, AnEmptyBodyIsAnEmptyRequest) { EXPECT_EQ(Post("Status", "").status, 200); }

TEST_F(ConnectTest, UnknownPathsAre404InWords) {
  const HttpAnswer answer = Post("Gett", "{}");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("there is nothing at /revops.v1.RevopsService/Gett"));
  EXPECT_THAT(answer.body, HasSubstr("Timeline"));
}

TEST_F(ConnectTest, OtherMethodsAre405AndSayWhichIsAllowed) {
  const HttpAnswer get = AnswerCall(api_, {"GET", "/revops.v1.RevopsService/Get"}, {});
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.allow, "POST");
  EXPECT_EQ(AnswerCall(api_, {"DELETE", "/"}, {}).status, 405);
}

TEST_F(ConnectTest, OtherContentTypesAre415) {
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "json"}) {
    EXPECT_EQ(Post("Status", "{}", type).status, 415) << type;
  }
  EXPECT_EQ(Post("Status", "{}", "application/json", "br").status, 415);
}

TEST_F(ConnectTest, TheRootHelps) {
  const HttpAnswer help = AnswerCall(api_, {"GET", "/"}, {});
  EXPECT_EQ(help.status, 200);
  EXPECT_THAT(help.body, HasSubstr("curl"));
  EXPECT_THAT(help.body, HasSubstr("DeadLetters"));
}

TEST_F(ConnectTest, GzippedBodiesAreUnpacked) {
  EXPECT_THAT(Post("Get", Gzip(R"({"view":"lead"})"), "application/json", "gzip").body,
              HasSubstr("lead"));
}

TEST_F(ConnectTest, ABodyThatUnpacksBeyondTheLimitIs413) {
  const std::string bomb = Gzip(std::string(1 << 20, ' '));
  ASSERT_LT(bomb.size(), 2000u);
  EXPECT_EQ(Post("Get", bomb, "application/json", "gzip").status, 413);
}

TEST_F(ConnectTest, BrokenGzipIs400) {
  const std::string packed = Gzip(R"({"view":"lead"})");
  EXPECT_EQ(Post("Get", packed.substr(0, packed.size() / 2), "application/json", "gzip").status,
            400);
  EXPECT_EQ(Post("Get", "{}", "application/json", "gzip").status, 400);
}

TEST_F(ConnectTest, DeepJsonIsRefusedBeforeItIsParsed) {
  const HttpAnswer answer = Post("Get", std::string(500, '[') + std::string(400, '{'));
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("nests deeper than 32 at byte 32"));
}

TEST_F(ConnectTest, BracketsInsideTextsAreNoNesting) {
  EXPECT_EQ(Post("Get", R"({"view":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})").status,
            200);
}

TEST_F(ConnectTest, TextThatIsNotUtf8IsRefused) {
  const HttpAnswer answer = Post("Get", "{\"view\":\"\xff\xfe\"}");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("UTF-8"));
}

TEST_F(ConnectTest, BadJsonIsRefusedWithTheField) {
  EXPECT_EQ(Post("Get", "{").status, 400);
  EXPECT_EQ(Post("Get", "[]").status, 400);
  const HttpAnswer answer = Post("Get", R"({"veiw":"lead"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("veiw"));
}

// protobuf 3.21 throws where a text breaks off inside an unquoted name.
TEST_F(ConnectTest, JsonOnWhichProtobufThrowsIsRefusedLikeOther) {
  EXPECT_EQ(Post("Publish", R"({"":[{,surce)").status, 400);
}

TEST_F(ConnectTest, BytesThatAreNoRequestAreRefused) {
  const HttpAnswer answer = Post("Get", "\x0a\xff", "application/proto");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("revops.v1.GetRequest"));
}

TEST_F(ConnectTest, AnExceptionOfTheApiIsAnInternalError) {
  api_.before = [] { throw std::runtime_error("out of luck"); };
  const HttpAnswer answer = Post("Get", "{}");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("out of luck"));
}

TEST_F(ConnectTest, ARowOfAnUnknownTypeIsAnInternalErrorInJson) {
  // Any of a type that is not linked in cannot be written as JSON.
  v1::GetResponse response;
  auto* value = response.add_rows()->mutable_value();
  value->set_type_url("type.googleapis.com/revops.v1.Nothing");
  value->set_value("x");
  EXPECT_EQ(ToJson(response).status().code(), absl::StatusCode::kInternal);
}

TEST(ConnectErrorTest, EveryCodeSurvivesTheWayToTheClient) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status error(static_cast<absl::StatusCode>(code), "touchpoints/3@4: \"x\"\n\x01 ü");
    const HttpAnswer answer = ErrorAnswer(error);
    EXPECT_GE(answer.status, 400);
    EXPECT_EQ(ErrorFromAnswer(answer.status, answer.body), error) << answer.body;
  }
}

TEST(ConnectErrorTest, MessagesThatAreNotUtf8StayReadable) {
  const HttpAnswer answer = ErrorAnswer(absl::NotFoundError("id \xff"));
  EXPECT_EQ(ErrorFromAnswer(answer.status, answer.body).message(), "id ?");
}

TEST(ConnectErrorTest, AForeignAnswerBecomesTheCodeOfItsHttpStatus) {
  EXPECT_EQ(ErrorFromAnswer(503, "<html>").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorFromAnswer(404, "{}").code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ErrorFromAnswer(500, R"({"code":"surprise"})").code(), absl::StatusCode::kUnknown);
  EXPECT_THAT(std::string(ErrorFromAnswer(503, "").message()), HasSubstr("HTTP 503"));
}

}  // namespace
}  // namespace revops
