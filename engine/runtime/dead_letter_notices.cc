#include "engine/runtime/dead_letter_notices.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/event/codec.h"
#include "engine/runtime/topics.h"
#include "revops/v1/stored.pb.h"

namespace revops {
namespace {

void AddPlace(const TopicPartition& where, Offset offset, Notice& notice) {
  notice.headers.emplace_back("revops-topic", where.topic);
  notice.headers.emplace_back("revops-partition", absl::StrCat(where.partition));
  notice.headers.emplace_back("revops-offset", absl::StrCat(offset));
}

// The canonical bytes of a record's event; empty if it has none.
std::string EventIn(const TopicPartition& where, const Record& record) {
  if (where.topic == kRouted) {
    v1::RoutedRecord routed;
    return routed.ParseFromString(record.value) ? routed.event() : "";
  }
  absl::StatusOr<DecodedEvent> decoded = Decode(record.value, record.appended_at);
  return decoded.ok() ? std::move(decoded->bytes) : "";
}

}  // namespace

Notice NoticeOfUnreadable(const TopicPartition& where, Offset offset, absl::string_view bytes,
                          absl::string_view reason, absl::string_view generation) {
  Notice notice;
  notice.key = absl::StrCat(ToString(where), "@", offset);
  notice.value.assign(bytes.data(), bytes.size());
  notice.headers = {{"revops-kind", "unreadable"},
                    {"revops-state", "stands"},
                    {"revops-reason", std::string(reason)},
                    {"revops-generation", std::string(generation)}};
  AddPlace(where, offset, notice);
  return notice;
}

std::vector<Notice> NoticesOf(const std::vector<LetterChange>& letters, const RecordsRead& read,
                              absl::string_view generation) {
  std::vector<Notice> notices;
  // canonical bytes -> the record that brought them first; made for the first letter
  absl::flat_hash_map<std::string, const Record*> brought;
  for (const LetterChange& change : letters) {
    v1::StoredDeadLetter letter;
    if (!letter.ParseFromString(change.bytes) || letter.unreadable()) continue;
    if (brought.empty()) {
      for (const Record& record : read.records) {
        brought.emplace(EventIn(read.where, record), &record);
      }
    }
    Notice notice;
    notice.key =
        absl::StrCat("letter/", ToHex(Sha256Cut(absl::StrCat(change.root.bytes(), change.entity))));
    const absl::optional<EventHead> head = ScanStoredHead(letter.event());
    notice.headers = {{"revops-kind", letter.projection().empty() ? "outranked" : "refused"},
                      {"revops-state", change.stands ? "stands" : "withdrawn"},
                      {"revops-reason", letter.reason()},
                      {"revops-generation", std::string(generation)}};
    if (!letter.projection().empty()) {
      notice.headers.emplace_back("revops-view", letter.projection());
    }
    if (head.has_value()) {
      notice.headers.emplace_back("revops-source", std::string(head->source));
      notice.headers.emplace_back("revops-id", std::string(head->id));
    }
    const auto record = brought.find(letter.event());
    if (record != brought.end()) AddPlace(read.where, record->second->offset, notice);
    if (change.stands) {
      const bool published = record != brought.end() && read.where.topic == kTouchpoints;
      notice.value = published ? record->second->value : letter.event();
    }
    notices.push_back(std::move(notice));
  }
  return notices;
}

}  // namespace revops
