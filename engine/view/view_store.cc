#include "engine/view/view_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/refillable_db.h"
#include "engine/log/rocksdb_adapter.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "rocksdb/write_buffer_manager.h"

namespace revops {
namespace {

absl::Status ToStatus(const rocksdb::Status& status) {
  return FromRefillable(status, "view store");
}

absl::StatusOr<bool> GetFrom(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                             absl::string_view key, std::string& value) {
  rocksdb::PinnableSlice pinned;
  const rocksdb::Status status = db.Get(options, db.DefaultColumnFamily(), ToSlice(key), &pinned);
  if (status.IsNotFound()) return false;
  RETURN_IF_ERROR(ToStatus(status));
  value.assign(pinned.data(), pinned.size());
  return true;
}

absl::Status ScanFrom(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                      absl::string_view prefix, absl::string_view from,
                      const ViewReader::Each& each) {
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(options));
  for (at->Seek(ToSlice(from)); at->Valid() && at->key().starts_with(ToSlice(prefix)); at->Next()) {
    if (!each(ToView(at->key()), ToView(at->value()))) break;
  }
  return ToStatus(at->status());
}

absl::StatusOr<bool> FloorFrom(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                               absl::string_view prefix, absl::string_view target, std::string& key,
                               std::string& value) {
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(options));
  at->SeekForPrev(ToSlice(target));
  RETURN_IF_ERROR(ToStatus(at->status()));
  if (!at->Valid() || !at->key().starts_with(ToSlice(prefix))) return false;
  key = at->key().ToString();
  value = at->value().ToString();
  return true;
}

// The first eight bytes of a key, zeros behind a shorter one, as a number.
uint64_t KeyStart(absl::string_view key) {
  uint64_t start = 0;
  for (size_t i = 0; i < sizeof(start); ++i) {
    start = start << 8 | (i < key.size() ? static_cast<uint8_t>(key[i]) : 0);
  }
  return start;
}

// The first key after all that begin with `prefix`; empty if there is none.
std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix.data(), prefix.size());
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

class Cursor final : public ViewCursor {
 public:
  Cursor(rocksdb::DB& db, const rocksdb::ReadOptions& options, absl::string_view prefix,
         absl::string_view place, WalkOrder order)
      : prefix_(prefix.data(), prefix.size()), order_(order), at_(db.NewIterator(options)) {
    const std::string end = PrefixEnd(prefix);
    const std::string before = place.empty() ? end : std::string(place.data(), place.size());
    if (order == WalkOrder::kAscending) {
      at_->Seek(ToSlice(std::max(place, prefix)));
    } else if (before.empty()) {
      at_->SeekToLast();
    } else {
      at_->SeekForPrev(before);
      if (at_->Valid() && at_->key() == rocksdb::Slice(before)) at_->Prev();
    }
  }

  bool valid() const override { return at_->Valid() && at_->key().starts_with(prefix_); }
  absl::string_view key() const override { return ToView(at_->key()); }
  absl::string_view value() const override { return ToView(at_->value()); }
  void Next() override { order_ == WalkOrder::kAscending ? at_->Next() : at_->Prev(); }
  absl::Status status() const override { return ToStatus(at_->status()); }

 private:
  const std::string prefix_;
  const WalkOrder order_;
  const std::unique_ptr<rocksdb::Iterator> at_;
};

class SnapshotReader final : public ViewReader {
 public:
  explicit SnapshotReader(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {
    options_.snapshot = snapshot_;
  }
  ~SnapshotReader() override { db_.ReleaseSnapshot(snapshot_); }

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    return GetFrom(db_, options_, key, value);
  }
  absl::Status Scan(absl::string_view prefix, absl::string_view from,
                    const Each& each) const override {
    return ScanFrom(db_, options_, prefix, from, each);
  }
  absl::StatusOr<bool> Floor(absl::string_view prefix, absl::string_view at, std::string& key,
                             std::string& value) const override {
    return FloorFrom(db_, options_, prefix, at, key, value);
  }
  std::unique_ptr<ViewCursor> Walk(absl::string_view prefix, absl::string_view place,
                                   WalkOrder order) const override {
    return std::make_unique<Cursor>(db_, options_, prefix, place, order);
  }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

}  // namespace

struct ViewMemory::Parts {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

ViewMemory::ViewMemory(int64_t bytes) : parts_(std::make_unique<Parts>()) {
  parts_->cache = rocksdb::NewLRUCache(static_cast<size_t>(bytes));
  parts_->write_buffers =
      std::make_shared<rocksdb::WriteBufferManager>(static_cast<size_t>(bytes / 2), parts_->cache);
}

ViewMemory::~ViewMemory() = default;

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(const std::string& folder,
                                                           ViewMemory& memory, rocksdb::Env* env) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory.parts_->cache;
  table.cache_index_and_filter_blocks = true;
  table.block_size = 16 << 10;
  table.format_version = 5;
  // Debian's library computes the default, CRC32C, without the processor's instruction for it.
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.write_buffer_manager = memory.parts_->write_buffers;
  // What a crash leaves to be read again is at most this much a store.
  options.write_buffer_size = 32 << 20;
  options.max_open_files = 256;
  // A process may own many stores, most of them idle: what each takes at least is kept small.
  options.arena_block_size = 256 << 10;
  options.writable_file_max_buffer_size = 256 << 10;
  // What was just flushed is soon compacted: compressing it twice does not pay.
  options.compression_per_level.assign(options.num_levels, rocksdb::kLZ4Compression);
  options.compression_per_level[0] = rocksdb::kNoCompression;
  options.allow_concurrent_memtable_write = false;
  // Batches come sorted: a hint a key space lets each insertion start where the last one ended.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  std::unique_ptr<ViewStore> store(new ViewStore);
  ASSIGN_OR_RETURN(store->db_, RefillableDb::Open(options, folder));
  return store;
}

ViewStore::~ViewStore() = default;

absl::Status ViewStore::Commit(ViewBatch batch) {
  const std::vector<ViewBatch::Operation>& all = batch.operations_;
  // Most keys differ in their first bytes: comparing those leaves the keys themselves in peace.
  struct Place {
    uint64_t key_start;  // big endian, so that it compares as the bytes do
    uint32_t index;
  };
  std::vector<Place> order(all.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = {KeyStart(all[i].key), i};
  std::sort(order.begin(), order.end(), [&](const Place& a, const Place& b) {
    if (a.key_start != b.key_start) return a.key_start < b.key_start;
    const int compared = all[a.index].key.compare(all[b.index].key);
    return compared != 0 ? compared < 0 : a.index < b.index;
  });
  rocksdb::WriteBatch writes;
  for (size_t i = 0; i < order.size(); ++i) {
    const ViewBatch::Operation& operation = all[order[i].index];
    // Of several operations on one key the last one holds.
    if (i + 1 < order.size() && all[order[i + 1].index].key == operation.key) continue;
    if (operation.is_delete) {
      writes.Delete(operation.key);
    } else {
      writes.Put(operation.key, operation.value);
    }
  }
  return db_->Write(writes);
}

std::unique_ptr<ViewReader> ViewStore::Snapshot() const {
  return std::make_unique<SnapshotReader>(**db_);
}

absl::StatusOr<bool> ViewStore::Get(absl::string_view key, std::string& value) const {
  return GetFrom(**db_, rocksdb::ReadOptions(), key, value);
}

absl::Status ViewStore::Scan(absl::string_view prefix, absl::string_view from,
                             const Each& each) const {
  return ScanFrom(**db_, rocksdb::ReadOptions(), prefix, from, each);
}

absl::StatusOr<bool> ViewStore::Floor(absl::string_view prefix, absl::string_view at,
                                      std::string& key, std::string& value) const {
  return FloorFrom(**db_, rocksdb::ReadOptions(), prefix, at, key, value);
}

std::unique_ptr<ViewCursor> ViewStore::Walk(absl::string_view prefix, absl::string_view place,
                                            WalkOrder order) const {
  return std::make_unique<Cursor>(**db_, rocksdb::ReadOptions(), prefix, place, order);
}

bool ViewStore::was_emptied() const { return db_->was_emptied(); }

int64_t ViewStore::size_bytes() const {
  uint64_t files = 0;
  (*db_)->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
  uint64_t memory = 0;
  (*db_)->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
  return static_cast<int64_t>(files + memory);
}

}  // namespace revops
