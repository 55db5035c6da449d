package dev.tokencache.http;

import dev.tokencache.testing.ExecutableResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** Says for all HTTP tests of the executable where that listens: the scope is global. */
@QuarkusIntegrationTest
@WithTestResource(value = ExecutableResource.class, scope = TestResourceScope.GLOBAL)
class OpenApiNativeIT extends OpenApiIT {}
