package dev.tokencache.http.forwardauth;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ForwardAuthNativeIT extends ForwardAuthIT {}
