#include "engine/cli/event_source.h"

#include "absl/strings/ascii.h"
#include "engine/base/status.h"
#include "engine/serve/json.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"

namespace revops {
namespace {

constexpr size_t kEventBytesMax = 1 << 20;

// Reads one line of at most kEventBytesMax. False at the end.
absl::StatusOr<bool> ReadLine(std::istream& in, std::string& line) {
  line.clear();
  std::streambuf& bytes = *in.rdbuf();
  while (true) {
    const int c = bytes.sbumpc();
    if (c == std::char_traits<char>::eof()) return !line.empty();
    if (c == '\n') return true;
    if (line.size() >= kEventBytesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("is longer than ", kEventBytesMax, " bytes; write one event a line"));
    }
    line += static_cast<char>(c);
  }
}

absl::Status ReadJsonLines(const EventSource& source,
                           absl::FunctionRef<absl::Status(const v1::Event&)> take,
                           absl::FunctionRef<void(const absl::Status&)> refuse) {
  std::string line;
  v1::Event event;
  for (int64_t number = 1;; ++number) {
    const std::string where = absl::StrCat(source.name, ":", number);
    const absl::StatusOr<bool> more = ReadLine(source.in, line);
    if (!more.ok()) return Annotate(more.status(), where);
    if (!*more) return absl::OkStatus();
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    if (absl::Status status = ParseJson(line, &event); !status.ok()) {
      refuse(Annotate(status, where));
      continue;
    }
    RETURN_IF_ERROR(take(event));
  }
}

absl::Status ReadBinary(const EventSource& source,
                        absl::FunctionRef<absl::Status(const v1::Event&)> take,
                        absl::FunctionRef<void(const absl::Status&)> refuse) {
  google::protobuf::io::IstreamInputStream stream(&source.in);
  v1::Event event;
  std::string bytes;
  for (int64_t number = 1;; ++number) {
    google::protobuf::io::CodedInputStream coded(&stream);
    uint32_t size = 0;
    if (!coded.ReadVarint32(&size)) return absl::OkStatus();
    const std::string where = absl::StrCat(source.name, ": event ", number);
    if (size > kEventBytesMax || !coded.ReadString(&bytes, static_cast<int>(size))) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": says it has ", size,
                       " bytes; the file is cut off, or was not written by --out --binary"));
    }
    if (!event.ParseFromString(bytes)) {
      refuse(absl::InvalidArgumentError(absl::StrCat(where, ": does not decode as an Event")));
      continue;
    }
    RETURN_IF_ERROR(take(event));
  }
}

}  // namespace

absl::Status ReadEvents(const EventSource& source,
                        absl::FunctionRef<absl::Status(const v1::Event&)> take,
                        absl::FunctionRef<void(const absl::Status&)> refuse) {
  return source.format == EventFormat::kBinary ? ReadBinary(source, take, refuse)
                                               : ReadJsonLines(source, take, refuse);
}

}  // namespace revops
