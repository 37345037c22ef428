#include "engine/serve/peer_client.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/serve/connect_error.h"
#include "engine/serve/peer_looks.h"

namespace revops {
namespace {

// A list page needs few entries, a sum over cells many.
constexpr int kFirstEntries = 128;
constexpr int kMoreEntries = 1000;

template <typename Response>
absl::StatusOr<Response> Call(HttpConnection& connection, const std::string& url,
                              absl::string_view name, const google::protobuf::Message& request) {
  HttpCall call;
  call.method = "POST";
  call.path = absl::StrCat(kPeerPath, name);
  call.content_type = "application/proto";
  call.body = request.SerializeAsString();
  const absl::StatusOr<HttpAnswer> answer = connection.Exchange(call);
  // Out of time or cut off: another try may find it, or another owner, well.
  if (!answer.ok()) {
    return absl::UnavailableError(
        absl::StrCat("the process at ", url, " does not answer: ", answer.status().message()));
  }
  if (answer->status != 200) return ErrorFromAnswer(answer->status, answer->body);
  Response response;
  if (!response.ParseFromString(answer->body)) {
    return absl::InternalError(absl::StrCat(
        url, " answered ", name, " with something else; is it a revops process of this version?"));
  }
  return response;
}

}  // namespace

// A look at a peer's partitions, and the connection that it is read over.
class PeerLook final {
 public:
  PeerLook(PeerClient& client, std::string url, std::unique_ptr<HttpConnection> connection,
           uint64_t look)
      : client_(client), url_(std::move(url)), connection_(std::move(connection)), look_(look) {}
  ~PeerLook() {
    v1::ReleaseRequest request;
    request.set_look(look_);
    // If it does not arrive the look ends by itself.
    if (Call<v1::ReleaseResponse>(*connection_, url_, "Release", request).ok()) {
      client_.GiveBack(url_, std::move(connection_));
    }
  }
  PeerLook(const PeerLook&) = delete;
  PeerLook& operator=(const PeerLook&) = delete;

  absl::StatusOr<v1::ReadResponse> Read(v1::ReadRequest request) {
    request.set_look(look_);
    absl::MutexLock lock(&mutex_);
    return Call<v1::ReadResponse>(*connection_, url_, "Read", request);
  }

 private:
  absl::Mutex mutex_;  // one call at a time goes over the connection
  PeerClient& client_;
  const std::string url_;
  std::unique_ptr<HttpConnection> connection_;
  const uint64_t look_;
};

namespace {

class PeerCursor final : public ViewCursor {
 public:
  PeerCursor(std::shared_ptr<PeerLook> look, v1::ReadRequest request)
      : look_(std::move(look)), request_(std::move(request)) {
    Fill(kFirstEntries);
  }

  bool valid() const override { return at_ < page_.entries_size(); }
  absl::string_view key() const override { return page_.entries(at_).key(); }
  absl::string_view value() const override { return page_.entries(at_).value(); }
  void Next() override {
    if (++at_ < page_.entries_size() || !page_.more()) return;
    std::string place = page_.entries(page_.entries_size() - 1).key();
    if (!request_.walk().descending()) place.push_back('\0');
    request_.mutable_walk()->set_place(std::move(place));
    Fill(kMoreEntries);
  }
  absl::Status status() const override { return status_; }

 private:
  void Fill(int entries_max) {
    request_.mutable_walk()->set_entries_max(entries_max);
    absl::StatusOr<v1::ReadResponse> page = look_->Read(request_);
    status_ = page.status();
    page_ = page.ok() ? *std::move(page) : v1::ReadResponse();
    at_ = 0;
  }

  const std::shared_ptr<PeerLook> look_;
  v1::ReadRequest request_;
  v1::ReadResponse page_;
  int at_ = 0;
  absl::Status status_;
};

class PeerReader final : public ViewReader {
 public:
  PeerReader(std::shared_ptr<PeerLook> look, int partition)
      : look_(std::move(look)), partition_(partition) {}

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    v1::ReadRequest request = Request();
    request.mutable_get()->set_key(key.data(), key.size());
    std::string unused;
    return One(request, unused, value);
  }
  absl::StatusOr<bool> Floor(absl::string_view prefix, absl::string_view at, std::string& key,
                             std::string& value) const override {
    v1::ReadRequest request = Request();
    request.mutable_floor()->set_prefix(prefix.data(), prefix.size());
    request.mutable_floor()->set_at(at.data(), at.size());
    return One(request, key, value);
  }
  absl::Status Scan(absl::string_view prefix, absl::string_view from,
                    const Each& each) const override {
    const auto cursor = Walk(prefix, from, WalkOrder::kAscending);
    for (; cursor->valid(); cursor->Next()) {
      if (!each(cursor->key(), cursor->value())) return absl::OkStatus();
    }
    return cursor->status();
  }
  std::unique_ptr<ViewCursor> Walk(absl::string_view prefix, absl::string_view place,
                                   WalkOrder order) const override {
    v1::ReadRequest request = Request();
    request.mutable_walk()->set_prefix(prefix.data(), prefix.size());
    request.mutable_walk()->set_place(place.data(), place.size());
    request.mutable_walk()->set_descending(order == WalkOrder::kDescending);
    return std::make_unique<PeerCursor>(look_, std::move(request));
  }

 private:
  v1::ReadRequest Request() const {
    v1::ReadRequest request;
    request.set_partition(partition_);
    return request;
  }
  absl::StatusOr<bool> One(const v1::ReadRequest& request, std::string& key,
                           std::string& value) const {
    ASSIGN_OR_RETURN(v1::ReadResponse response, look_->Read(request));
    if (response.entries_size() == 0) return false;
    key = std::move(*response.mutable_entries(0)->mutable_key());
    value = std::move(*response.mutable_entries(0)->mutable_value());
    return true;
  }

  const std::shared_ptr<PeerLook> look_;
  const int partition_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpConnection>> PeerClient::Connection(const std::string& url) {
  ASSIGN_OR_RETURN(HttpEndpoint endpoint, ParseEndpoint(url));
  {
    absl::MutexLock lock(&mutex_);
    auto& idle = idle_[url];
    if (!idle.empty()) {
      std::unique_ptr<HttpConnection> connection = std::move(idle.back());
      idle.pop_back();
      return connection;
    }
  }
  HttpClientLimits limits;
  limits.connect_time_max = limits.answer_time_max = options_.answer_time_max;
  return std::make_unique<HttpConnection>(std::move(endpoint), limits);
}

void PeerClient::GiveBack(const std::string& url, std::unique_ptr<HttpConnection> connection) {
  absl::MutexLock lock(&mutex_);
  auto& idle = idle_[url];
  if (idle.size() < options_.idle_connections_max) idle.push_back(std::move(connection));
}

absl::StatusOr<v1::StatesResponse> PeerClient::States(const std::string& url,
                                                      const v1::StatesRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<HttpConnection> connection, Connection(url));
  absl::StatusOr<v1::StatesResponse> response =
      Call<v1::StatesResponse>(*connection, url, "States", request);
  if (response.ok()) GiveBack(url, std::move(connection));
  return response;
}

absl::Status PeerClient::Hold(const std::string& url, const v1::HoldRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<HttpConnection> connection, Connection(url));
  RETURN_IF_ERROR(Call<v1::HoldResponse>(*connection, url, "Hold", request).status());
  GiveBack(url, std::move(connection));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PartitionLook>> PeerClient::LookAt(const std::string& url,
                                                              const v1::LookRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<HttpConnection> connection, Connection(url));
  ASSIGN_OR_RETURN(v1::LookResponse response,
                   Call<v1::LookResponse>(*connection, url, "Look", request));
  const auto look = std::make_shared<PeerLook>(*this, url, std::move(connection), response.look());
  if (response.progress_size() != request.partitions_size()) {
    return absl::InternalError(absl::StrCat(url, " looked at other partitions than asked"));
  }
  std::vector<PartitionLook> looks;
  for (int i = 0; i < request.partitions_size(); ++i) {
    PartitionLook one;
    one.store = std::make_unique<PeerReader>(look, request.partitions(i));
    one.progress = std::move(*response.mutable_progress(i));
    looks.push_back(std::move(one));
  }
  return looks;
}

}  // namespace revops
