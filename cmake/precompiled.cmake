# Precompiled headers for builds from nothing, where reading headers is a third of the work. Off by
# default, so that a build without them notices a missing #include; on in the presets that
# deploy/quickstart and deploy/test use.
option(REVOPS_PCH "Precompile the headers that most files read" OFF)
if(NOT REVOPS_PCH)
  return()
endif()

# Where a target's flags differ the headers are read as text.
set(CMAKE_PCH_WARN_INVALID OFF)
# What ccache needs to see through them.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

# revops_precompile(FIRST TARGET...): FIRST's headers, which the others share.
function(revops_precompile first)
  target_precompile_headers(${first} PRIVATE
    <algorithm> <map> <memory> <optional> <set> <string> <utility> <vector>
    <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/str_format.h>
    <revops/v1/event.pb.h> <revops/v1/views.pb.h>)
  foreach(target ${ARGN})
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL "INTERFACE_LIBRARY")
      target_precompile_headers(${target} REUSE_FROM ${first})
    endif()
  endforeach()
endfunction()
