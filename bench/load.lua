-- Sends the lines of a file in turn: a body to /graphql, or what is asked for at that address. BODIES: the file. TOKEN: who asks.
-- Prints one line for scripts: how many answers a second, their percentiles in ms, how many, how many wrong.
wrong = 0 -- of this thread; `done` asks each for it, so it is no local
local bodies, shown = {}, 0
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
local headers = {
  ["Content-Type"] = "application/json",
  ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
}
local turn, counters = 0, {}

function setup(thread) counters[#counters + 1] = thread end

function request()
  turn = turn % #bodies + 1
  if bodies[turn]:sub(1, 1) == "/" then return wrk.format("GET", bodies[turn], headers) end
  return wrk.format("POST", "/graphql", headers, bodies[turn])
end

function response(status, _, body)
  if status ~= 200 or body:find('"errors"', 1, true) or body:find('"page":null', 1, true) then
    wrong = wrong + 1
    if shown < 2 then
      shown = shown + 1
      io.stderr:write("WRONG ", status, " ", body:sub(1, 300), "\n")
    end
  end
end

function done(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.timeout
  for _, thread in ipairs(counters) do bad = bad + thread:get("wrong") end
  io.write(string.format("FIGURES rps=%.2f p50=%.3f p99=%.3f answers=%d wrong=%d\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.requests, bad))
end
