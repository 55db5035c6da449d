# Prints fault reports as a Markdown table. Input: one flat JSON object per line (ReportFile in the tests writes them).

function value(name,    rest) {
  if (!match($0, "\"" name "\":")) return ""
  rest = substr($0, RSTART + RLENGTH)
  if (substr(rest, 1, 1) == "\"") {
    rest = substr(rest, 2)
    return substr(rest, 1, index(rest, "\"") - 1)
  }
  match(rest, /^[^,}]*/)
  return substr(rest, 1, RLENGTH)
}

# Formats a field in milliseconds as seconds.
function seconds(name,    millis) {
  millis = value(name)
  return millis == "" ? "–" : sprintf("%.2f s", millis / 1000)
}

# The time from the fault to the last unknown result, or "none".
function unknown(kind) {
  return value(kind "_unknown") == 0 ? "none" : seconds(kind "_unknown_last_ms")
}

# How much of that time was after the cluster recovered.
function beyond(kind) {
  if (value("recovery_ms") == "") return "–"
  return value(kind "_unknown") == 0 ? "none" : seconds(kind "_unknown_beyond_recovery_ms")
}

function elsewhere() {
  if (value("struck_shards") == 3) return "–"
  return (value("unknown_elsewhere") == 0 ? "no unknown" : value("unknown_elsewhere") " unknown") \
    ", longest gap " seconds("silence_elsewhere_ms")
}

function later(a, b) { return a > b ? a : b }

{
  rows[NR] = "| " value("fault") " | " seconds("recovery_ms") " | " unknown("read") " | " beyond("read") \
    " | " unknown("write") " | " beyond("write") " | " value("false_inactive") " | " value("failed") " | " \
    value("lost_acknowledged") " of " value("acknowledged") " | " elsewhere() " | " seconds("longest_call_ms") \
    " | " seconds("longest_stall_ms") " |"
  answers += value("answers")
  inactive += value("false_inactive")
  failed += value("failed")
  date = later(date, value("date"))
  if (index(redis ", ", value("redis") ", ") == 0) redis = redis (redis == "" ? "" : ", ") value("redis")
  cores = value("cores")
}

END {
  print "| fault | cluster recovered after | reads unknown until | … after recovery | writes unknown until | … after recovery" \
    " | false inactive | no response | acknowledged and lost | other shards | longest call | machine stalled |"
  print "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  for (i = 1; i <= NR; i++) print rows[i]
  print ""
  print "Total: " answers " calls, " inactive " false inactive, " failed " without a response. Measured " \
    substr(date, 1, 10) " on " cores " cores with Redis " redis "; servers, service and callers on one machine."
}
