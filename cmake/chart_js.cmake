# revops_chart_js(TARGET TEMPLATE): adds a source made from Debian's Chart.js.
#
# A C++ compiler bounds the length of one literal: the text is cut into pieces.
find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED)

function(revops_chart_js target template)
  file(READ ${CHART_JS} hex HEX)
  string(LENGTH "${hex}" length)
  set(REVOPS_CHART_JS "")
  # 8000 bytes a piece; each byte is two digits.
  math(EXPR last "(${length} - 1) / 16000")
  foreach(piece RANGE ${last})
    math(EXPR begin "${piece} * 16000")
    string(SUBSTRING "${hex}" ${begin} 16000 part)
    string(REGEX REPLACE "(..)" "\\\\x\\1" part "${part}")
    string(APPEND REVOPS_CHART_JS "          .append(\"${part}\")\n")
  endforeach()
  configure_file(${template} chart_js.cc @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/chart_js.cc)
endfunction()
