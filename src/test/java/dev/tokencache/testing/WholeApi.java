package dev.tokencache.testing;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** Calls the whole API, for tests of settings that must not break any call. */
public final class WholeApi {

    private WholeApi() {}

    /** Makes every call, and so runs every Redis command and every branch of every script. */
    public static void call(ServiceApi api) {
        String sub = "commands-" + UUID.randomUUID();
        String foreign = "foreign-" + UUID.randomUUID();
        String token = api.create(Map.of("sub", sub, "idle_timeout", 60, "max_lifetime", 80_000, "expires_in", 60))
                .then()
                .statusCode(201)
                .extract()
                .path("token");
        String jti = api.validate(token).then().statusCode(200).extract().path("jti");
        api.create(Map.of("sub", sub, "token", foreign)).then().statusCode(201);
        api.create(Map.of("sub", sub + "2", "token", foreign)).then().statusCode(409);
        // Enough tokens for the hash to be trimmed in several steps.
        List<String> many =
                IntStream.range(0, 70).mapToObj(i -> api.tokenFor(sub)).toList();
        api.validate(many).then().statusCode(200);
        api.validate(foreign).then().statusCode(200);
        api.introspect(token).then().statusCode(200);
        api.forwardAuth(token).then().statusCode(200);
        api.renew(token).then().statusCode(200);
        api.read(jti).then().statusCode(200);
        api.list(sub).then().statusCode(200);
        api.expire(many.get(0)).then().statusCode(204);
        api.revoke(many.get(1)).then().statusCode(200);
        api.delete(jti).then().statusCode(204);
        api.expireSubject(sub).then().statusCode(200);
        api.create(Map.of("sub", sub + "2", "token", foreign)).then().statusCode(201);
        api.expire(foreign).then().statusCode(204);
    }
}
