package dev.tokencache.endtoend;

class ServiceTlsNativeIT extends ServiceTlsIT {}
