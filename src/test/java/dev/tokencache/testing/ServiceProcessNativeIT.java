package dev.tokencache.testing;

class ServiceProcessNativeIT extends ServiceProcessIT {}
