-- GCRA as governor counts it, in microseconds of this server's own clock.
-- KEYS[1] the payer; ARGV microseconds of one request, requests at once, what this one costs: less than 0 gives back.
-- Answers: microseconds until nothing is spent any more, and until the request is allowed (-1 when it was).
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
-- a clock that was set back, or another limit before this one
full_at = math.max(now, math.min(full_at, now + interval * burst))
if cost < 0 then
  full_at = math.max(now, full_at + interval * cost)
  if full_at == now then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
  end
  return {full_at - now, -1}
end
local wait = full_at + interval * cost - interval * burst - now
if wait > 0 then
  return {full_at - now, wait}
end
full_at = full_at + interval * cost
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return {full_at - now, -1}
