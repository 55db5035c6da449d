package dev.tokencache.endtoend;

class NearCacheServicesNativeIT extends NearCacheServicesIT {}
