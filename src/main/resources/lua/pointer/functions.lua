-- A pointer without its MAC, which differs between keys.
local function bare(pointer)
  return pointer and (string.gsub(pointer, '%..*', ''))
end
