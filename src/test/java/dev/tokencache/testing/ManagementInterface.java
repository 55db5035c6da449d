package dev.tokencache.testing;

import java.net.URL;
import java.time.Duration;
import org.awaitility.Awaitility;

import static io.restassured.RestAssured.given;

/** The management interface of an application under test. A native executable may open it after the port of the API. */
public final class ManagementInterface {

    private ManagementInterface() {}

    /** Waits until a route of the interface answers, with any status. */
    public static void awaitOpen(URL route) {
        Awaitility.await("the management interface")
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(() -> given().get(route).statusCode() > 0);
    }
}
