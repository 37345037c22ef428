#include "engine/identity/rocksdb_link_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "absl/synchronization/mutex.h"
#include "engine/base/status.h"
#include "engine/log/refillable_db.h"
#include "engine/log/rocksdb_adapter.h"

namespace revops {
namespace {

// Resolvers remember what they found, so reads are few: the memory may be small.
constexpr size_t kCacheBytes = 32 << 20;
constexpr size_t kWriteBufferBytes = 16 << 20;
constexpr size_t kBlockBytes = 16 << 10;
constexpr int kOpenFilesMax = 256;
constexpr char kWhere[] = "link store";

rocksdb::Options DatabaseOptions(rocksdb::Env* env) {
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.max_open_files = kOpenFilesMax;
  options.write_buffer_size = kWriteBufferBytes;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Indexes and filters stay in memory, some 10 bytes a link: in so small a cache they would push
  // each other out.
  table.cache_index_and_filter_blocks = false;
  table.block_size = kBlockBytes;
  table.block_cache = rocksdb::NewLRUCache(kCacheBytes);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

class OnRocksDb final : public LinkStore {
 public:
  OnRocksDb(std::string folder, rocksdb::Env* env, std::unique_ptr<RefillableDb> db)
      : folder_(std::move(folder)), env_(env), db_(std::move(db)) {}

  absl::Status Put(std::vector<std::pair<std::string, std::string>> changes) override {
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : changes) {
      RETURN_IF_ERROR(FromRefillable(batch.Put(key, value), kWhere));
    }
    absl::ReaderMutexLock lock(&mutex_);
    RETURN_IF_ERROR(Opened());
    return db_->Write(batch);
  }

  absl::Status Heal() override {
    // A handle whose write failed never heals, and a folder is opened once: readers wait.
    absl::MutexLock lock(&mutex_);
    db_.reset();
    ASSIGN_OR_RETURN(db_, RefillableDb::Open(DatabaseOptions(env_), folder_));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    absl::ReaderMutexLock lock(&mutex_);
    RETURN_IF_ERROR(Opened());
    const rocksdb::Status got = (*db_)->Get({}, ToSlice(key), &value);
    if (got.IsNotFound()) return false;
    RETURN_IF_ERROR(FromRefillable(got, kWhere));
    return true;
  }

  absl::Status Scan(absl::string_view prefix, Visit visit) const override {
    absl::ReaderMutexLock lock(&mutex_);
    RETURN_IF_ERROR(Opened());
    const std::unique_ptr<rocksdb::Iterator> at((*db_)->NewIterator({}));
    for (at->Seek(ToSlice(prefix)); at->Valid() && at->key().starts_with(ToSlice(prefix));
         at->Next()) {
      if (!visit(ToView(at->key()).substr(prefix.size()), ToView(at->value()))) break;
    }
    return FromRefillable(at->status(), kWhere);
  }

 private:
  absl::Status Opened() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    if (db_ != nullptr) return absl::OkStatus();
    return absl::UnavailableError("link store: the disk refuses to open it again");
  }

  const std::string folder_;
  rocksdb::Env* const env_;
  mutable absl::Mutex mutex_;  // held alone to open it again
  std::unique_ptr<RefillableDb> db_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<LinkStore>> OpenRocksDbLinkStore(const std::string& folder,
                                                                rocksdb::Env* env) {
  rocksdb::Env* const at = env != nullptr ? env : rocksdb::Env::Default();
  RETURN_IF_ERROR(MakeDurableFolder(*at->GetFileSystem(), folder));
  auto db = RefillableDb::Open(DatabaseOptions(env), folder);
  if (absl::IsDataLoss(db.status())) {
    RETURN_IF_ERROR(RemoveRocksDbLinkStore(folder, env));
    db = RefillableDb::Open(DatabaseOptions(env), folder);
  }
  RETURN_IF_ERROR(db.status());
  return std::make_unique<OnRocksDb>(folder, env, *std::move(db));
}

absl::Status RemoveRocksDbLinkStore(const std::string& folder, rocksdb::Env* env) {
  return RefillableDb::Remove(DatabaseOptions(env), folder);
}

}  // namespace revops
