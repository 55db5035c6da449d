package dev.tokencache.ops;

class StartupRefusalNativeIT extends StartupRefusalIT {}
