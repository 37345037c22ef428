// Bytes of the log's folder that are damaged after they were acknowledged: the log says so, and
// never reads on as if it had always been shorter.

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/embedded_log.h"
#include "engine/log/record_format.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"

namespace revops::test {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;
constexpr int kRecords = 20;
// Topics are numbered by name: identities, routed, touchpoints.
constexpr StoredPartition kStored{.topic = 2, .partition = 0};
const TopicPartition kWhere{"touchpoints", 0};

class LogDamageTest : public ::testing::Test {
 protected:
  LogDamageTest() {
    const auto log = Open();
    EXPECT_TRUE(log.ok()) << log.status();
    for (int i = 0; i < kRecords; ++i) {
      EXPECT_TRUE((*log)->Append({{kWhere, "key", absl::StrCat("value ", i)}}).ok());
    }
  }

  absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open() {
    return EmbeddedLog::Open(folder_.path(), MachineTopics(1));
  }

  // The largest file of that kind.
  fs::path File(const std::string& extension) {
    fs::path largest;
    for (const auto& file : fs::directory_iterator(folder_.path() + "/db")) {
      if (file.path().extension() != extension) continue;
      if (largest.empty() || file.file_size() > fs::file_size(largest)) largest = file.path();
    }
    EXPECT_FALSE(largest.empty());
    return largest;
  }

  void FlipByte(const fs::path& path, double where) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto place = static_cast<std::streamoff>(where * fs::file_size(path));
    file.seekg(place);
    const char byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(place);
    file.put(byte);
  }

  // The database under the log, to change what is stored.
  std::unique_ptr<rocksdb::DB> Database() {
    rocksdb::DB* database = nullptr;
    REVOPS_CHECK(rocksdb::DB::Open(rocksdb::Options(), folder_.path() + "/db", &database).ok());
    return std::unique_ptr<rocksdb::DB>(database);
  }

  void ExpectOpenSaysDataLoss(const std::string& words) {
    const auto log = Open();
    EXPECT_TRUE(absl::IsDataLoss(log.status())) << log.status();
    EXPECT_THAT(std::string(log.status().message()), HasSubstr(words));
  }

  const TemporaryFolder folder_;
};

TEST_F(LogDamageTest, ADamagedByteInTheWriteAheadLogIsSaidAndTheFileStaysAsItIs) {
  const fs::path wal = File(".log");
  const auto size = fs::file_size(wal);
  FlipByte(wal, 0.5);
  for (int attempt = 0; attempt < 3; ++attempt) {
    ExpectOpenSaysDataLoss("records up to 20 were acknowledged");
    EXPECT_EQ(fs::file_size(wal), size);
  }
  FlipByte(wal, 0.5);  // repaired by hand
  const auto log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ((*log)->Read(kWhere, 0, {})->size(), kRecords);
}

TEST_F(LogDamageTest, AWriteAheadLogCutShortIsSaid) {
  const fs::path wal = File(".log");
  fs::resize_file(wal, fs::file_size(wal) - 1);
  ExpectOpenSaysDataLoss("touchpoints/0 ends at 19, but records up to 20 were acknowledged");
}

TEST_F(LogDamageTest, AMissingWriteAheadLogIsSaid) {
  fs::remove(File(".log"));
  ExpectOpenSaysDataLoss("restore");
}

TEST_F(LogDamageTest, AMissingMarkIsSaid) {
  fs::remove(folder_.path() + "/MARK");
  ExpectOpenSaysDataLoss("MARK is missing");
}

TEST_F(LogDamageTest, AMissingDatabaseIsSaidAndNoneIsMade) {
  fs::remove_all(folder_.path() + "/db");
  ExpectOpenSaysDataLoss("db/CURRENT is gone");
  ExpectOpenSaysDataLoss("db/CURRENT is gone");
}

TEST_F(LogDamageTest, ADamagedValueIsSaidByPartitionAndOffset) {
  {
    const auto database = Database();
    std::string stored;
    REVOPS_CHECK(database->Get({}, RecordKey(kStored, 11), &stored).ok());
    stored.back() ^= 1;
    REVOPS_CHECK(database->Put({}, RecordKey(kStored, 11), stored).ok());
  }
  const auto log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  const auto records = (*log)->Read(kWhere, 4, {});
  EXPECT_TRUE(absl::IsDataLoss(records.status())) << records.status();
  EXPECT_THAT(std::string(records.status().message()), HasSubstr("touchpoints/0@11: "));
  EXPECT_EQ((*log)->Read(kWhere, 4, {.records_max = 7})->size(), 7u);
  EXPECT_EQ((*log)->Read(kWhere, 12, {})->size(), 8u);
}

TEST_F(LogDamageTest, AMissingRecordIsSaidByPartitionAndOffset) {
  REVOPS_CHECK(Database()->Delete({}, RecordKey(kStored, 11)).ok());
  const auto log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  for (const Offset from : {Offset{0}, Offset{11}}) {
    const auto records = (*log)->Read(kWhere, from, {});
    EXPECT_TRUE(absl::IsDataLoss(records.status())) << records.status();
    EXPECT_THAT(std::string(records.status().message()),
                HasSubstr("touchpoints/0@11: the record is missing"));
  }
}

TEST_F(LogDamageTest, ADamagedTableFileIsSaidByItsName) {
  { ASSERT_TRUE(Open().ok()); }  // what was in the write-ahead log goes into a table file
  FlipByte(File(".sst"), 0.2);
  const auto log = Open();
  const absl::Status status = log.ok() ? (*log)->Read(kWhere, 0, {}).status() : log.status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(".sst"));
}

}  // namespace
}  // namespace revops::test
