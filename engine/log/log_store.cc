#include "engine/log/log_store.h"

#include <algorithm>
#include <random>
#include <utility>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_partitioner.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/log/rocksdb_adapter.h"

namespace revops {
namespace {
constexpr int64_t kOwnCacheBytes = 16 << 20;
constexpr int kOpenFilesMax = 512;
constexpr size_t kBlockBytes = 32 << 10;

std::string RandomIdentity() {
  std::random_device random;
  std::string identity;
  for (int i = 0; i < 4; ++i) absl::StrAppendFormat(&identity, "%08x", random());
  return identity;
}

rocksdb::Options DatabaseOptions(const EmbeddedLogOptions& options, rocksdb::Env* env) {
  rocksdb::Options db;
  db.env = env;
  db.info_log = SilentRocksDbLogger();
  db.allow_fallocate = false;  // a preallocated WAL would eat the space freed after a full disk
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.max_open_files = kOpenFilesMax;
  db.max_background_jobs = 2;
  db.write_buffer_manager = options.write_buffer_manager;

  // Recovery stops at the first damaged byte, and the mark tells whether that was too soon. Until
  // it has told, the old WAL stays as it is: it may be all there is to salvage.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.avoid_flush_during_recovery = true;

  db.write_buffer_size = options.write_buffer_bytes;
  db.allow_concurrent_memtable_write = false;
  db.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(kPartitionPrefixBytes));

  // Files end where partitions end, so what is appended never overlaps what was merged before: a
  // record is written to level 0, merged once, and only moved by name from then on.
  db.sst_partitioner_factory = rocksdb::NewSstPartitionerFixedPrefixFactory(kPartitionPrefixBytes);
  db.level_compaction_dynamic_level_bytes = true;
  db.compression = rocksdb::kLZ4Compression;

  rocksdb::BlockBasedTableOptions table;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.block_size = kBlockBytes;  // records are read in long runs, hardly ever alone
  table.cache_index_and_filter_blocks = true;
  table.block_cache =
      options.block_cache ? options.block_cache : rocksdb::NewLRUCache(kOwnCacheBytes);
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}
}  // namespace

absl::StatusOr<std::unique_ptr<LogStore>> LogStore::Open(const std::string& folder,
                                                         const EmbeddedLogOptions& options) {
  std::unique_ptr<LogStore> store(new LogStore());
  store->folder_ = folder;
  store->env_ = options.env;
  if (store->env_ == nullptr) store->env_.reset(rocksdb::Env::Default(), [](rocksdb::Env*) {});
  store->files_ = store->env_->GetFileSystem();

  auto mark = AcknowledgedMark::Open(*store->files_, folder);
  if (!mark.ok() && !absl::IsNotFound(mark.status())) return mark.status();
  if (mark.ok()) store->mark_ = *std::move(mark);
  if (store->mark_ == nullptr && options.topics.empty()) {
    return absl::NotFoundError(absl::StrCat("there is no event log in ", folder));
  }
  // Nothing but the mark tells a lost database from one that was never made.
  const bool may_create = store->mark_ == nullptr || store->mark_->ends().empty();
  const std::string database = absl::StrCat(folder, "/db");
  RETURN_IF_ERROR(MakeDurableFolder(*store->files_, database));
  RETURN_IF_ERROR(store->OpenDatabase(database, options, may_create));
  RETURN_IF_ERROR(store->LoadDescription(options));
  RETURN_IF_ERROR(store->NumberPartitions());
  RETURN_IF_ERROR(store->LoadTails());
  RETURN_IF_ERROR(store->CompareWithMark());
  return store;
}

LogStore::~LogStore() {
  // What is acknowledged is durable already; an error here has nobody to go to.
  if (db_ != nullptr) db_->Close().PermitUncheckedError();
}

absl::Status LogStore::OpenDatabase(const std::string& path, const EmbeddedLogOptions& options,
                                    bool may_create) {
  rocksdb::Options database_options = DatabaseOptions(options, env_.get());
  database_options.create_if_missing = may_create;
  if (!may_create) {
    const std::string current = absl::StrCat(path, "/CURRENT");
    if (files_->FileExists(current, rocksdb::IOOptions(), nullptr).IsNotFound()) {
      return absl::DataLossError(absl::StrCat(
          current, " is gone, but the log had records; restore the log's folder from a copy"));
    }
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(database_options, path, &db);
  if (IsOpenElsewhere(opened)) {
    return absl::FailedPreconditionError(
        absl::StrCat("folder ", folder_, " is in use: ", opened.ToString()));
  }
  RETURN_IF_ERROR(FromRocksDb(opened, path));
  db_.reset(db);
  return absl::OkStatus();
}

absl::Status LogStore::LoadDescription(const EmbeddedLogOptions& options) {
  std::string stored;
  const rocksdb::Status got = db_->Get(rocksdb::ReadOptions(), ToSlice(DescriptionKey()), &stored);
  LogDescription description;
  if (got.IsNotFound()) {
    if (mark_ != nullptr && !mark_->ends().empty()) {
      return absl::DataLossError(absl::StrCat(
          folder_, ": the log's description is gone; restore the log's folder from a copy"));
    }
    description.identity = options.identity.empty() ? RandomIdentity() : options.identity;
    RETURN_IF_ERROR(AcknowledgedMark::Create(*files_, folder_, description.identity));
    ASSIGN_OR_RETURN(mark_, AcknowledgedMark::Open(*files_, folder_));
  } else {
    RETURN_IF_ERROR(FromRocksDb(got, folder_));
    ASSIGN_OR_RETURN(description, DecodeDescription(stored));
    if (mark_ == nullptr || !mark_->IsOf(description.identity)) {
      return absl::DataLossError(absl::StrCat(folder_, "/MARK is missing or of another log than ",
                                              description.identity,
                                              "; restore the log's folder from a copy"));
    }
  }
  const size_t known = description.topics.size();
  for (const auto& [name, partitions] : options.topics) {
    if (name.empty() || partitions < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("topic \"", name, "\" with ", partitions,
                       " partitions: give it a name and at least one partition"));
    }
    const auto same = std::find_if(
        description.topics.begin(), description.topics.end(),
        [&name = name](const LogDescription::Topic& topic) { return topic.name == name; });
    if (same == description.topics.end()) {
      description.topics.push_back({name, partitions});
    } else if (same->partitions != partitions) {
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", name, " in ", folder_, " has ", same->partitions, " partitions, not ",
          partitions, "; the count is fixed when a topic is made: ask for ", same->partitions));
    }
  }
  if (description.topics.size() == known) {
    description_ = std::move(description);
    return absl::OkStatus();
  }
  return StoreDescription(std::move(description));
}

absl::Status LogStore::StoreDescription(LogDescription description) {
  int64_t partitions = 0;
  for (const LogDescription::Topic& topic : description.topics) partitions += topic.partitions;
  if (partitions > static_cast<int64_t>(AcknowledgedMark::kPartitionsMax)) {
    return absl::InvalidArgumentError(
        absl::StrCat(partitions, " partitions in all topics together, at most ",
                     AcknowledgedMark::kPartitionsMax, " are possible"));
  }
  rocksdb::WriteOptions durable;
  durable.sync = true;
  RETURN_IF_ERROR(FromRocksDb(
      db_->Put(durable, ToSlice(DescriptionKey()), EncodeDescription(description)), folder_));
  description_ = std::move(description);
  return absl::OkStatus();
}

absl::Status LogStore::NumberPartitions() {
  for (size_t topic = 0; topic < description_.topics.size(); ++topic) {
    for (int partition = 0; partition < description_.topics[topic].partitions; ++partition) {
      stored_.push_back({static_cast<uint16_t>(topic), static_cast<uint32_t>(partition)});
      names_.push_back(ToString(TopicPartition{description_.topics[topic].name, partition}));
    }
  }
  return absl::OkStatus();
}

absl::Status LogStore::LoadTails() {
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  for (size_t partition = 0; partition < stored_.size(); ++partition) {
    Tail tail;
    const std::string last_possible = RecordKey(stored_[partition], UINT64_MAX);
    it->SeekForPrev(last_possible);
    if (it->Valid() &&
        absl::StartsWith(ToView(it->key()), last_possible.substr(0, kPartitionPrefixBytes))) {
      ASSIGN_OR_RETURN(const Offset last, OffsetOfKey(ToView(it->key())));
      const auto record = ParseRecord(stored_[partition], last, ToView(it->value()));
      if (!record.ok()) {
        return Annotate(record.status(), absl::StrCat(names_[partition], "@", last));
      }
      tail = {.end = last + 1, .appended_at = record->appended_at};
    }
    RETURN_IF_ERROR(FromRocksDb(it->status(), names_[partition]));
    tails_.push_back(tail);
  }
  return absl::OkStatus();
}

absl::Status LogStore::CompareWithMark() {
  const std::vector<Offset>& acknowledged = mark_->ends();
  for (size_t i = 0; i < acknowledged.size(); ++i) {
    const Offset end = i < tails_.size() ? tails_[i].end : 0;
    if (end >= acknowledged[i]) continue;
    return absl::DataLossError(
        absl::StrCat(i < names_.size() ? names_[i] : "a partition", " ends at ", end,
                     ", but records up to ", acknowledged[i], " were acknowledged: ", folder_,
                     " was damaged or cut short; restore it from a copy (nothing was changed)"));
  }
  // Whoever reads from now on may rely on all that is here, acknowledged or not.
  RETURN_IF_ERROR(FromRocksDb(db_->Flush(rocksdb::FlushOptions()), folder_));
  std::vector<Offset> ends;
  for (const Tail& tail : tails_) ends.push_back(tail.end);
  return ends == acknowledged ? absl::OkStatus() : mark_->Write(ends);
}

absl::Status LogStore::Write(const std::vector<Placed>& records, const std::vector<Offset>& ends) {
  rocksdb::WriteBatch batch;
  std::string stored;
  for (const Placed& placed : records) {
    const StoredPartition where = stored_[placed.partition];
    stored.clear();
    AppendRecord(where, placed.offset, placed.appended_at, placed.record->key, placed.record->value,
                 stored);
    RETURN_IF_ERROR(FromRocksDb(batch.Put(RecordKey(where, placed.offset), stored), folder_));
  }
  rocksdb::WriteOptions durable;
  durable.sync = true;
  RETURN_IF_ERROR(FromRocksDb(db_->Write(durable, &batch), folder_));
  return mark_->Write(ends);
}

absl::StatusOr<std::vector<Record>> LogStore::Read(int partition, Offset from, Offset end,
                                                   const EventLog::ReadLimits& limits) const {
  std::vector<Record> records;
  if (limits.records_max <= 0 || from >= end) return records;
  end = std::min<Offset>(end, from + limits.records_max);
  records.reserve(end - from);

  const StoredPartition where = stored_[partition];
  const std::string bound = RecordKey(where, end);
  const rocksdb::Slice upper(bound);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
  int64_t bytes = 0;
  Offset next = from;
  for (it->Seek(RecordKey(where, from)); it->Valid(); it->Next(), ++next) {
    ASSIGN_OR_RETURN(const Offset offset, OffsetOfKey(ToView(it->key())));
    if (offset != next) return Missing(partition, next, "the record is missing");
    auto record = ParseRecord(where, offset, ToView(it->value()));
    if (!record.ok()) return Missing(partition, next, record.status().message());
    bytes += static_cast<int64_t>(record->key.size() + record->value.size());
    if (bytes > limits.bytes_max && !records.empty()) return records;
    records.push_back(*std::move(record));
  }
  if (it->status().IsCorruption()) return Missing(partition, next, it->status().ToString());
  RETURN_IF_ERROR(FromRocksDb(it->status(), absl::StrCat(names_[partition], "@", next)));
  if (next != end) return Missing(partition, next, "the record is missing");
  return records;
}

absl::Status LogStore::Missing(int partition, Offset offset, absl::string_view what) const {
  return absl::DataLossError(absl::StrCat(names_[partition], "@", offset, ": ", what,
                                          "; restore the log's folder from a copy"));
}

}  // namespace revops
