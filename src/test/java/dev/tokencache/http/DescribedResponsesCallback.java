package dev.tokencache.http;

import dev.tokencache.testing.DescribedResponses;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import io.restassured.RestAssured;

/** Compares all responses of the application's tests with the API description. */
public final class DescribedResponsesCallback implements QuarkusTestBeforeEachCallback {

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        RestAssured.replaceFiltersWith(DescribedResponses.FILTER);
    }
}
