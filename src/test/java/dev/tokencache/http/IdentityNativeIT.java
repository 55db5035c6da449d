package dev.tokencache.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class IdentityNativeIT extends IdentityIT {}
