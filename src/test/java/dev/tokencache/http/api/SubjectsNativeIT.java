package dev.tokencache.http.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class SubjectsNativeIT extends SubjectsIT {}
