package dev.tokencache.http.oauth;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class OAuthNativeIT extends OAuthIT {}
