#include "engine/log/event_log.h"

#include "absl/strings/str_cat.h"

namespace revops {

std::string ToString(const TopicPartition& where) {
  return absl::StrCat(where.topic, "/", where.partition);
}

}  // namespace revops
