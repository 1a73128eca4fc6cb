-- POSTs the bodies of a file, a line each, in turns; `@` in a body becomes a number that no other request has.
-- An empty file: GETs. Arguments after `--`: the file, and a token or "".
local bodies, ready, turn = {}, {}, 0

function init(arguments)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Accept"] = "application/json"
  if arguments[2] ~= "" then wrk.headers["Authorization"] = "Bearer " .. arguments[2] end
  math.randomseed(os.time())
  turn = math.random(0, 999983)
  for line in io.lines(arguments[1]) do
    bodies[#bodies + 1] = line
    ready[#ready + 1] = not line:find("@", 1, true) and wrk.format(nil, nil, nil, line) or false
  end
  if #bodies == 0 then
    wrk.method = "GET"
    bodies, ready = { "" }, { wrk.format() }
  end
  seed = string.format("%d-%d-", os.time(), math.random(0, 999983))
end

function request()
  turn = turn + 1
  local place = turn % #bodies + 1
  return ready[place] or wrk.format(nil, nil, nil, (bodies[place]:gsub("@", seed .. turn)))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "errors": %d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
