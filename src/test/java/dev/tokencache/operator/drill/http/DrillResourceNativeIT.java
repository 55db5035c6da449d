package dev.tokencache.operator.drill.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class DrillResourceNativeIT extends DrillResourceIT {}
