package dev.tokencache.logout;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tokencache.testing.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An OpenID provider that signs logout tokens with Nimbus, and publishes its keys over TLS on loopback. */
public final class FakeProvider implements AutoCloseable {

    public static final String ISSUER = "https://login.example";
    public static final String AUDIENCE = "token-cache";

    /** The same in each class loader. */
    static final ECKey FIRST = parse("""
            {"kty":"EC","crv":"P-256","kid":"first",
            "x":"n1vLTeVVNG1EPjqDm8uqUwDY_DtCGlqZ406RVe1_o_8",
            "y":"F71lTDW1J1DUF9q62NfsUT34yK_lbIJZ42MLR2Y2HmY",
            "d":"rtY8FULCbk-qF_UJpRQNlr0aLebsYpnhWan_xDBSaBA"}
            """);

    static final ECKey SECOND = key("second");

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile String body = keySet(FIRST);
    private volatile int status = 200;

    private FakeProvider(TestCertificate certificate) {
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertPath(certificate.certificate().toString())
                                .addKeyPath(certificate.key().toString())))
                .requestHandler(request -> {
                    requests.incrementAndGet();
                    request.response().setStatusCode(status).end(body);
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Starts with the key {@link #FIRST}, and creates a certificate in the folder. */
    public static FakeProvider start(Path folder) {
        return new FakeProvider(TestCertificate.create(folder));
    }

    public String url() {
        return "https://127.0.0.1:" + server.actualPort() + "/keys";
    }

    void answer(int changedStatus, String changedBody) {
        status = changedStatus;
        body = changedBody;
    }

    int requests() {
        return requests.get();
    }

    private static ECKey parse(String jwk) {
        try {
            return ECKey.parse(jwk);
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static ECKey key(String kid) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String keySet(JWK... keys) {
        return new JWKSet(List.of(keys)).toString();
    }

    /** The claims of a valid logout token, except a subject and a session. */
    static JWTClaimsSet.Builder claims(Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(120)))
                .jwtID(UUID.randomUUID().toString())
                .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
    }

    static String sign(JWK key, JWTClaimsSet claims) {
        return sign(key, "logout+jwt", claims);
    }

    static String sign(JWK key, @Nullable String type, JWTClaimsSet claims) {
        JWSHeader.Builder header = new JWSHeader.Builder(
                        key instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256)
                .keyID(key.getKeyID());
        SignedJWT jwt = new SignedJWT((type == null ? header : header.type(new JOSEObjectType(type))).build(), claims);
        try {
            jwt.sign(key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey()));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return jwt.serialize();
    }

    /** A valid logout token. */
    public static String logoutToken(String sub, @Nullable String sid) {
        return sign(FIRST, claims(Instant.now()).subject(sub).claim("sid", sid).build());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
