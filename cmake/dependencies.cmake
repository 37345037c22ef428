# What the project stands on, as Debian 12 ships it; nothing is vendored or downloaded.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.74 REQUIRED)

# JSON lines of an import: its SAX reader bounds the depth and hands numbers over as text, so that
# ids and commit numbers above 2^53 do not pass through doubles.
find_package(nlohmann_json REQUIRED)

# CSV of an import: small, strict mode, fed line by line; it alone knows where a quoted record ends.
find_library(LIBCSV_ARCHIVE libcsv.a REQUIRED)
find_path(LIBCSV_INCLUDE csv.h REQUIRED)
add_library(libcsv INTERFACE)
target_link_libraries(libcsv INTERFACE ${LIBCSV_ARCHIVE})

# RocksDB's static library: through the shared one every key comparison pays for a thread-local
# performance counter.
find_library(ROCKSDB_ARCHIVE librocksdb.a REQUIRED)
add_library(rocksdb_static INTERFACE)
target_link_libraries(rocksdb_static INTERFACE ${ROCKSDB_ARCHIVE} snappy lz4 zstd z bz2
                      Threads::Threads ${CMAKE_DL_LIBS})

# Kafka's protocol: the client whose behaviour under faults is known best.
add_library(rdkafka INTERFACE)
target_link_libraries(rdkafka INTERFACE -lrdkafka)

add_library(xxhash INTERFACE)
target_link_libraries(xxhash INTERFACE -lxxhash)

add_library(re2 INTERFACE)
target_link_libraries(re2 INTERFACE -lre2)

# glibc's malloc doubles RocksDB's footprint; sanitizers bring an allocator of their own.
add_library(revops_allocator INTERFACE)
if(NOT REVOPS_SANITIZE)
  target_link_libraries(revops_allocator INTERFACE -ljemalloc)
endif()

# The text format of /metrics, as Prometheus' own people write it; its server is left out.
add_library(prometheus_core INTERFACE)
target_link_libraries(prometheus_core INTERFACE -lprometheus-cpp-core)

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
