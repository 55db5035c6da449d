package dev.tokencache.endtoend;

class RedisAwayNativeIT extends RedisAwayIT {}
