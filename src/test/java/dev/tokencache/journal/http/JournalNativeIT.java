package dev.tokencache.journal.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class JournalNativeIT extends JournalIT {}
