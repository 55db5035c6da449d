package dev.tokencache.deploy;

/** Over TLS, which mod_auth_openidc insists on. */
class ApacheNativeIT extends ApacheIT {}
