#include "engine/runtime/partition.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/identity/links.h"
#include "engine/identity/redact.h"
#include "engine/runtime/dead_letter_notices.h"
#include "engine/runtime/log_place.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

// Raised when keys or values of a store change in a way that older programs would misread.
constexpr uint32_t kStoreFormat = 1;

StoreTotals TotalsOf(const v1::StoredProgress& progress) {
  StoreTotals totals;
  totals.kept = progress.kept();
  totals.duplicate = progress.duplicate();
  totals.deferred = progress.deferred();
  totals.journeys = progress.journeys();
  totals.dead_letters = progress.dead_letters();
  totals.deferred_journeys = progress.deferred_journeys();
  if (progress.digest().size() == 16) totals.digest = ReadUint128(progress.digest().data());
  return totals;
}

void SetTotals(const StoreTotals& totals, v1::StoredProgress& progress) {
  progress.set_kept(totals.kept);
  progress.set_duplicate(totals.duplicate);
  progress.set_deferred(totals.deferred);
  progress.set_journeys(totals.journeys);
  progress.set_dead_letters(totals.dead_letters);
  progress.set_deferred_journeys(totals.deferred_journeys);
  progress.clear_digest();
  AppendUint128(totals.digest, *progress.mutable_digest());
}

Copy Redacted(const Copy& copy) {
  v1::Event event;
  REVOPS_CHECK(event.ParseFromString(copy.bytes));
  Redact(event);
  absl::StatusOr<DecodedEvent> redacted = Canonical(std::move(event), copy.recorded_at);
  REVOPS_CHECK(redacted.ok());
  return CopyOfEvent(*redacted);
}

}  // namespace

int HomeOf(const Id& root, int partitions) { return PartitionFor(root.bytes(), partitions); }

struct Partition::Arrived {
  absl::flat_hash_map<Id, JourneyChange> changes;  // root -> what happens to its journey
  std::vector<NewRecord> forwards;                 // to `routed`
  std::vector<NewRecord> links;                    // to `identities`
  std::set<std::string> link_bytes;                // of `links`
  uint64_t forwarded = 0;
  RecordsRead read;             // what brought all this
  std::vector<Notice> notices;  // of dead letters

  JourneyChange& ChangeOf(const Id& root) {
    JourneyChange& change = changes[root];
    change.root = root;
    return change;
  }
};

Partition::Partition(Options options, EventLog& log, const LinkTable& links,
                     const Registry& registry, const RevenueModel& model,
                     std::unique_ptr<ViewStore> store)
    : options_(std::move(options)),
      log_(log),
      links_(links),
      registry_(registry),
      model_(model),
      store_(std::move(store)),
      resolver_(links),
      heads_(options_.cache_bytes),
      cells_(options_.cache_bytes) {}

absl::StatusOr<std::unique_ptr<Partition>> Partition::Open(Options options, EventLog& log,
                                                           const LinkTable& links,
                                                           const Registry& registry,
                                                           const RevenueModel& model,
                                                           std::unique_ptr<ViewStore> store) {
  ASSIGN_OR_RETURN(const int partitions, log.Partitions(kTouchpoints));
  v1::StoredProgress expected;
  expected.set_log_identity(log.identity());
  expected.set_generation(options.generation);
  expected.set_partition(options.partition);
  expected.set_partitions(partitions);
  expected.set_format(kStoreFormat);

  v1::StoredProgress progress = expected;
  progress.set_rebuilt(store->was_emptied());
  for (int p = 0; p < partitions; ++p) progress.add_sent(0);
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store->Get(keys::Progress(), bytes));
  if (found && !progress.ParseFromString(bytes)) {
    return absl::DataLossError(absl::StrCat("the position of partition ", options.partition,
                                            " is damaged; remove its store to rebuild it"));
  }
  if (progress.format() > kStoreFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the view store of partition ", options.partition, " has format ", progress.format(),
        ", but this program knows formats up to ", kStoreFormat,
        " only: a newer program wrote it; run that one, or remove the store to rebuild it"));
  }
  const auto refuse = [&](absl::string_view what, absl::string_view is, absl::string_view was) {
    return absl::FailedPreconditionError(
        absl::StrCat("the view store of partition ", options.partition, " was built for ", what,
                     " ", was, ", but this is ", is, "; remove the store to rebuild it"));
  };
  if (progress.log_identity() != expected.log_identity()) {
    return refuse("log", expected.log_identity(), progress.log_identity());
  }
  if (progress.generation() != expected.generation()) {
    return refuse("generation", expected.generation(), progress.generation());
  }
  if (progress.partition() != expected.partition()) {
    return refuse("partition", absl::StrCat(expected.partition()),
                  absl::StrCat(progress.partition()));
  }
  if (progress.partitions() != partitions) {
    return refuse("a partition count of", absl::StrCat(partitions),
                  absl::StrCat(progress.partitions()));
  }
  RETURN_IF_ERROR(CheckPlace(log, {kTouchpoints, options.partition}, progress.touchpoints(),
                             progress.touchpoints_fingerprint()));
  RETURN_IF_ERROR(CheckPlace(log, {kRouted, options.partition}, progress.routed(),
                             progress.routed_fingerprint()));
  RETURN_IF_ERROR(
      CheckLinks(links, options.partition, progress.link_version(), progress.links_fingerprint()));
  std::unique_ptr<Partition> partition(
      new Partition(std::move(options), log, links, registry, model, std::move(store)));
  partition->partitions_ = partitions;
  partition->resolver_.Advance(progress.link_version(), {});
  absl::MutexLock lock(&partition->mutex_);
  partition->progress_ = std::move(progress);
  return partition;
}

v1::StoredProgress Partition::progress() const {
  absl::MutexLock lock(&mutex_);
  return progress_;
}

absl::Status Partition::Take(absl::string_view bytes, int64_t recorded_at,
                             absl::optional<Offset> touchpoint, Arrived& arrived) {
  if (const absl::Status decoded = DecodeInto(bytes, recorded_at, decoded_); !decoded.ok()) {
    if (touchpoint.has_value() && options_.dead_letters != nullptr) {
      arrived.notices.push_back(NoticeOfUnreadable(
          {kTouchpoints, options_.partition}, *touchpoint, bytes,
          {decoded.message().data(), decoded.message().size()}, options_.generation));
    }
    Copy copy;
    copy.unreadable = true;
    copy.bytes.assign(bytes.data(), bytes.size());
    copy.recorded_at = recorded_at;
    Place(std::move(copy), arrived);
    return absl::OkStatus();
  }
  if (touchpoint.has_value() && ConcernsIdentity(decoded_.event)) {
    ASSIGN_OR_RETURN(const bool known, links_.Contains(decoded_));
    if (!known && arrived.link_bytes.insert(decoded_.bytes).second) {
      arrived.links.push_back({{kIdentities, 0}, "", decoded_.bytes});
    }
  }
  Copy copy = CopyOfEvent(decoded_);
  if (NamesErased(copy)) copy = Redacted(copy);
  Place(std::move(copy), arrived);
  return absl::OkStatus();
}

bool Partition::NamesErased(const Copy& copy) {
  return std::any_of(copy.subject.begin(), copy.subject.end(),
                     [&](const Id& id) { return resolver_.Erased(id); });
}

// Puts a copy where it belongs under the store's link version: here, or on its way.
void Partition::Place(Copy copy, Arrived& arrived) {
  Resolution resolved = resolver_.Resolve(copy.subject, copy.at,
                                          copy.subject.empty() ? RecordRoot(copy.bytes) : Id());
  copy.person = std::move(resolved.person);
  copy.opportunity = std::move(resolved.opportunity);
  const int home = HomeOf(resolved.root, partitions_);
  if (home == options_.partition) {
    arrived.ChangeOf(resolved.root).added.push_back(std::move(copy));
    return;
  }
  v1::RoutedRecord record;
  record.set_event(std::move(copy.bytes));
  record.set_recorded_at(copy.recorded_at);
  record.set_link_version(resolver_.version());
  arrived.forwards.push_back({{kRouted, home}, resolved.root.bytes(), record.SerializeAsString()});
  ++arrived.forwarded;
}

absl::StatusOr<int> Partition::FoldTouchpoints(int records_max) {
  v1::StoredProgress next = progress();
  EventLog::ReadLimits limits;
  limits.records_max = records_max;
  ASSIGN_OR_RETURN(const std::vector<Record> records,
                   log_.Read({kTouchpoints, options_.partition}, next.touchpoints(), limits));
  if (records.empty()) return 0;
  // Links found in the table below count as seen: they stand before its present end.
  next.set_links_seen(std::max(next.links_seen(), links_.end()));
  Arrived arrived;
  arrived.read = {{kTouchpoints, options_.partition}, records};
  for (const Record& record : records) {
    RETURN_IF_ERROR(Take(record.value, record.appended_at, record.offset, arrived));
  }
  next.set_touchpoints(records.back().offset + 1);
  next.set_touchpoints_fingerprint(FingerprintOf(records.back()));
  next.set_read(next.read() + records.size());
  next.set_newest_appended_at(std::max(next.newest_appended_at(), records.back().appended_at));
  RETURN_IF_ERROR(Commit(std::move(arrived), std::move(next)));
  return static_cast<int>(records.size());
}

absl::StatusOr<int> Partition::FoldRouted(int records_max) {
  v1::StoredProgress next = progress();
  EventLog::ReadLimits limits;
  limits.records_max = records_max;
  ASSIGN_OR_RETURN(const std::vector<Record> records,
                   log_.Read({kRouted, options_.partition}, next.routed(), limits));
  Arrived arrived;
  arrived.read = {{kRouted, options_.partition}, records};
  int taken = 0;
  for (const Record& record : records) {
    v1::RoutedRecord routed;
    if (!routed.ParseFromString(record.value)) {
      return absl::DataLossError(
          absl::StrCat(ToString({kRouted, options_.partition}), "@", record.offset,
                       " is no routed record; drop the generation and build it again"));
    }
    if (routed.link_version() > resolver_.version()) break;
    RETURN_IF_ERROR(
        Take(routed.event(), routed.recorded_at(), /*touchpoint=*/absl::nullopt, arrived));
    next.set_routed(record.offset + 1);
    ++taken;
  }
  if (taken == 0) return 0;
  next.set_routed_fingerprint(FingerprintOf(records[taken - 1]));
  next.set_read(next.read() + taken);
  RETURN_IF_ERROR(Commit(std::move(arrived), std::move(next)));
  return taken;
}

absl::StatusOr<int> Partition::AdvanceLinks(int versions_max) {
  v1::StoredProgress next = progress();
  const LinkVersion from = next.link_version();
  const LinkVersion to = std::min<LinkVersion>(links_.end(), from + versions_max);
  if (to <= from) return 0;
  ASSIGN_OR_RETURN(const std::set<Id> affected, links_.Affected(from, to));
  std::set<uint128> journeys;
  for (const Id& id : affected) {
    const std::string prefix = keys::Occurrences(id);
    RETURN_IF_ERROR(store_->Scan(prefix, [&](absl::string_view key, absl::string_view) {
      journeys.insert(keys::RootAt(key, prefix.size()));
      return true;
    }));
  }
  resolver_.Advance(to, affected);
  next.set_link_version(to);
  ASSIGN_OR_RETURN(const uint64_t links_fingerprint, links_.Fingerprint(to));
  next.set_links_fingerprint(links_fingerprint);

  Arrived arrived;
  for (const uint128 root16 : journeys) {
    std::string bytes;
    ASSIGN_OR_RETURN(const bool found, store_->Get(keys::Head(root16), bytes));
    if (!found) continue;
    ASSIGN_OR_RETURN(const JourneyHead head, DecodeHead(bytes));
    ASSIGN_OR_RETURN(std::vector<Copy> copies, LoadCopies(*store_, head));
    arrived.ChangeOf(head.root).links_changed = true;
    for (Copy& copy : copies) {
      if (copy.unreadable) continue;
      if (std::none_of(copy.subject.begin(), copy.subject.end(),
                       [&](const Id& id) { return affected.count(id) > 0; })) {
        continue;
      }
      Copy moved = NamesErased(copy) ? Redacted(copy) : copy;
      const Resolution resolved = resolver_.Resolve(copy.subject, copy.at, Id());
      if (resolved.root == head.root && resolved.person == copy.person &&
          resolved.opportunity == copy.opportunity && moved.bytes == copy.bytes) {
        continue;
      }
      arrived.ChangeOf(head.root).removed.push_back(std::move(copy));
      Place(std::move(moved), arrived);
    }
  }
  RETURN_IF_ERROR(Commit(std::move(arrived), std::move(next)));
  return static_cast<int>(to - from);
}

absl::StatusOr<int> Partition::FoldDeferred() {
  if (progress().deferred_journeys() == 0) return 0;
  std::string root;
  RETURN_IF_ERROR(store_->Scan("D", [&](absl::string_view, absl::string_view value) {
    root.assign(value.data(), value.size());
    return false;
  }));
  if (root.empty()) return 0;
  Arrived arrived;
  arrived.ChangeOf(Id::FromBytes(root)).links_changed = true;
  RETURN_IF_ERROR(Commit(std::move(arrived), progress()));
  return 1;
}

absl::Status Partition::Commit(Arrived arrived, v1::StoredProgress next) {
  RETURN_IF_ERROR(resolver_.status());
  // First what others must see, then what we did: a crash between the two repeats the appends.
  const size_t links = arrived.links.size();
  if (links + arrived.forwards.size() > 0) {
    std::vector<NewRecord> records = std::move(arrived.links);
    std::vector<int> homes;
    for (NewRecord& forward : arrived.forwards) {
      homes.push_back(forward.where.partition);
      records.push_back(std::move(forward));
    }
    ASSIGN_OR_RETURN(const std::vector<Appended> appended, log_.Append(std::move(records)));
    for (size_t i = 0; i < appended.size(); ++i) {
      const uint64_t after = appended[i].offset + 1;
      if (i < links) {
        next.set_links_seen(std::max(next.links_seen(), after));
      } else {
        const int home = homes[i - links];
        next.set_sent(home, std::max(next.sent(home), after));
      }
    }
    next.set_forwarded(next.forwarded() + arrived.forwarded);
  }

  JourneyBatch batch(*store_, heads_, registry_, model_, resolver_, TotalsOf(next),
                     options_.journeys);
  for (auto& [root, change] : arrived.changes) RETURN_IF_ERROR(batch.Apply(std::move(change)));
  RETURN_IF_ERROR(batch.Finish(cells_));
  RETURN_IF_ERROR(resolver_.status());
  if (options_.dead_letters != nullptr) {
    for (Notice& notice : NoticesOf(batch.letters(), arrived.read, options_.generation)) {
      arrived.notices.push_back(std::move(notice));
    }
    if (!arrived.notices.empty()) {
      RETURN_IF_ERROR(options_.dead_letters->Send(std::move(arrived.notices)));
    }
  }
  SetTotals(batch.totals(), next);
  batch.writes().Put(keys::Progress(), next.SerializeAsString());
  RETURN_IF_ERROR(store_->Commit(std::move(batch.writes())));
  batch.Remember(cells_);
  absl::MutexLock lock(&mutex_);
  progress_ = std::move(next);
  return absl::OkStatus();
}

}  // namespace revops
