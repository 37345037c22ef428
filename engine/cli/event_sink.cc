#include "engine/cli/event_sink.h"

#include <ostream>
#include <utility>

#include "absl/time/clock.h"
#include "engine/base/status.h"
#include "engine/cli/folding.h"
#include "engine/cli/progress_bar.h"
#include "engine/serve/json.h"
#include "google/protobuf/util/delimited_message_util.h"

namespace revops {
namespace {

constexpr int kBatchEventsMax = 1000;
constexpr size_t kBatchBytesMax = 1 << 20;
constexpr int kRefusalsShown = 20;
constexpr int kTriesMax = 300;
constexpr absl::Duration kBetweenTries = absl::Milliseconds(100);

class Publisher final : public EventWriter {
 public:
  Publisher(Api& api, Terminal& terminal) : api_(api), terminal_(terminal) {}

  absl::Status Put(const v1::Event& event) override {
    const size_t bytes = event.ByteSizeLong();
    if (batch_.events_size() > 0 &&
        (batch_.events_size() >= kBatchEventsMax || batch_bytes_ + bytes > kBatchBytesMax)) {
      RETURN_IF_ERROR(Send());
    }
    *batch_.add_events() = event;
    batch_bytes_ += bytes;
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(Send());
    if (summary_.refused() > kRefusalsShown) {
      terminal_.err << "refused: " << summary_.refused() - kRefusalsShown << " more\n";
    }
    return absl::OkStatus();
  }

  const v1::PublishResponse& summary() const override { return summary_; }

 private:
  absl::Status Send() {
    if (batch_.events_size() == 0) return absl::OkStatus();
    absl::StatusOr<v1::PublishResponse> response = api_.Publish(batch_);
    for (int i = 1; i < kTriesMax && absl::IsResourceExhausted(response.status()); ++i) {
      absl::SleepFor(kBetweenTries);
      response = api_.Publish(batch_);
    }
    if (!response.ok()) {
      return Annotate(response.status(),
                      absl::StrCat("after ", summary_.accepted(), " accepted events"));
    }
    for (int i = 0; i < response->answers_size(); ++i) Count(*response, i);
    summary_.set_token(response->token());
    batch_.Clear();
    batch_bytes_ = 0;
    return absl::OkStatus();
  }

  void Count(const v1::PublishResponse& response, int i) {
    const auto& answer = response.answers(i);
    if (answer.verdict() == v1::PublishResponse::ACCEPTED) {
      summary_.set_accepted(summary_.accepted() + 1);
      return;
    }
    summary_.set_refused(summary_.refused() + 1);
    if (summary_.refused() > kRefusalsShown || i >= batch_.events_size()) return;
    const v1::Event& event = batch_.events(i);
    terminal_.err << "refused: " << event.source() << "/" << event.id() << ": " << answer.reason()
                  << "\n";
  }

  Api& api_;
  Terminal& terminal_;
  v1::PublishRequest batch_;
  size_t batch_bytes_ = 0;
  v1::PublishResponse summary_;
};

class FileWriter final : public EventWriter {
 public:
  FileWriter(std::string name, EventFormat format, std::unique_ptr<std::ofstream> file,
             std::ostream& out)
      : name_(std::move(name)), format_(format), file_(std::move(file)), out_(out) {}

  absl::Status Put(const v1::Event& event) override {
    if (format_ == EventFormat::kBinary) {
      google::protobuf::util::SerializeDelimitedToOstream(event, &out_);
    } else {
      ASSIGN_OR_RETURN(const std::string json, ToJson(event));
      out_ << json << '\n';
    }
    summary_.set_accepted(summary_.accepted() + 1);
    return Good();
  }

  absl::Status Finish() override {
    out_.flush();
    return Good();
  }

  const v1::PublishResponse& summary() const override { return summary_; }

 private:
  absl::Status Good() const {
    if (out_.good()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(name_, ": cannot be written after ",
                                               summary_.accepted(),
                                               " events; is the disk full or the reader gone?"));
  }

  const std::string name_;
  const EventFormat format_;
  const std::unique_ptr<std::ofstream> file_;  // null: standard output
  std::ostream& out_;
  v1::PublishResponse summary_;
};

}  // namespace

std::unique_ptr<EventWriter> PublishTo(Api& api, Terminal& terminal) {
  return std::make_unique<Publisher>(api, terminal);
}

absl::StatusOr<std::unique_ptr<EventWriter>> WriteToFile(const std::string& file,
                                                         EventFormat format, Terminal& terminal) {
  if (file == "-") {
    return std::make_unique<FileWriter>("standard output", format, nullptr, terminal.out);
  }
  auto stream = std::make_unique<std::ofstream>(file, std::ios::binary | std::ios::trunc);
  if (!stream->is_open()) {
    return absl::UnavailableError(
        absl::StrCat(file, ": cannot be opened for writing; does its folder exist?"));
  }
  std::ostream& out = *stream;
  return std::make_unique<FileWriter>(file, format, std::move(stream), out);
}

void AddOutputOptions(CLI::App* command, OutputOptions* options) {
  command->add_option("--out", options->file,
                      "Write the events to this file (- is standard output) instead of publishing");
  command->add_flag("--binary", options->binary,
                    "With --out: length-delimited protobuf instead of JSON lines");
}

absl::StatusOr<OpenedWriter> OpenWriter(Session& session, const OutputOptions& options) {
  OpenedWriter opened;
  if (!options.file.empty()) {
    ASSIGN_OR_RETURN(
        opened.writer,
        WriteToFile(options.file, options.binary ? EventFormat::kBinary : EventFormat::kJsonLines,
                    session.terminal));
    return opened;
  }
  ASSIGN_OR_RETURN(opened.api, session.OpenToPublish());
  opened.writer = PublishTo(*opened.api, session.terminal);
  return opened;
}

absl::Status Finish(Session& session, OpenedWriter& opened) {
  RETURN_IF_ERROR(opened.writer->Finish());
  if (opened.api == nullptr || session.target.data.empty()) return absl::OkStatus();
  return AwaitFolded(*opened.api, session.terminal);
}

absl::StatusOr<ExitCode> Report(Session& session, const OutputOptions& options,
                                const v1::PublishResponse& summary) {
  if (!options.file.empty()) {
    session.terminal.err << WithCommas(summary.accepted()) << " events written to "
                         << (options.file == "-" ? "standard output" : options.file) << "\n";
    return ExitCode::kOk;
  }
  v1::PublishResponse answer = summary;
  answer.set_accepted(summary.accepted());
  answer.set_refused(summary.refused());
  Table table;
  table.columns = {"accepted", "refused", "token"};
  table.rows = {{absl::StrCat(answer.accepted()), absl::StrCat(answer.refused()), answer.token()}};
  if (!session.target.data.empty()) {
    table.remarks.push_back(absl::StrCat("Into the data folder ", session.target.data, "."));
  }
  RETURN_IF_ERROR(WriteAnswer(session.format, answer, table, session.terminal));
  return answer.refused() > 0 ? ExitCode::kRefused : ExitCode::kOk;
}

}  // namespace revops
