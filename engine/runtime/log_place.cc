#include "engine/runtime/log_place.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/runtime/topics.h"

namespace revops {

uint64_t FingerprintOf(const Record& record) {
  return Hash64(absl::StrCat(record.appended_at, " ", record.key.size(), " ", record.key,
                             record.value)) |
         1;
}

absl::Status CheckPlace(EventLog& log, const TopicPartition& where, Offset next,
                        uint64_t fingerprint) {
  const auto refuse = [&](const std::string& why) {
    return absl::FailedPreconditionError(
        absl::StrCat("the view store of partition ", where.partition, " has folded ",
                     ToString(where), " up to ", next, ", but ", why));
  };
  ASSIGN_OR_RETURN(const Offset end, log.End(where));
  if (next > end) {
    return refuse(absl::StrCat("the log ends at ", end,
                               ": the log was cut or replaced; bring back the right log, or remove "
                               "the store to rebuild it"));
  }
  ASSIGN_OR_RETURN(const Offset start, log.Start(where));
  if (next < start) {
    return refuse(absl::StrCat("the log begins at ", start,
                               ": retention has removed what was not folded yet; events are kept "
                               "for ever, so set the topic's retention.ms to -1; bring back what "
                               "was removed, or remove the store to fold what is left"));
  }
  if (next <= start || fingerprint == 0) return absl::OkStatus();
  EventLog::ReadLimits limits;
  limits.records_max = 1;
  ASSIGN_OR_RETURN(const std::vector<Record> last, log.Read(where, next - 1, limits));
  if (last.empty()) {
    return absl::UnavailableError(
        absl::StrCat(ToString(where), "@", next - 1, " cannot be read just now; try again"));
  }
  if (FingerprintOf(last.front()) != fingerprint) {
    return refuse(
        absl::StrCat("the record before that is another one than was folded: the topic "
                     "was deleted and made anew, or the log replaced; bring back the "
                     "right log, or remove the store to rebuild it"));
  }
  return absl::OkStatus();
}

absl::Status CheckLinks(const LinkTable& links, int partition, LinkVersion version,
                        uint64_t fingerprint) {
  const auto refuse = [&](absl::string_view why) {
    return absl::FailedPreconditionError(
        absl::StrCat("the view store of partition ", partition, " resolves under the links of ",
                     ToString({kIdentities, 0}), " up to ", version, ", but ", why));
  };
  if (version > links.end()) {
    return refuse(absl::StrCat("the topic ends at ", links.end(),
                               ": it was cut or made anew; bring back the right log, or remove "
                               "all stores to rebuild them"));
  }
  if (version == 0 || fingerprint == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const uint64_t held, links.Fingerprint(version));
  if (held == fingerprint) return absl::OkStatus();
  return refuse(
      "the records before that are others than were read: the topic was deleted and made anew, or "
      "the log replaced; bring back the right log, or remove all stores to rebuild them");
}

}  // namespace revops
