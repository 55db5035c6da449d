package dev.tokencache.logout;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tokencache.redis.Time;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;

/**
 * Verifies logout tokens of the configured providers. Thread-safe; does not block.
 *
 * <p>A token that this process has accepted is refused for as long as it would be valid. The caller reports that by {@link
 * #accepted} when the logout is done, so a provider can repeat one that failed.
 */
public final class LogoutIssuers {

    /** The name of the form parameter that holds the token. */
    public static final String PARAMETER = "logout_token";

    /** More than providers send while a token is valid. */
    private static final int MAX_ACCEPTED = 100_000;

    private static final JwtConsumer UNVERIFIED = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .build();

    private record Use(String provider, String jti) {}

    private final Map<String, LogoutIssuer> byIssuer;
    private final Clock clock;
    private final Cache<Use, Long> accepted = Caffeine.newBuilder()
            .maximumSize(MAX_ACCEPTED)
            .executor(Runnable::run)
            .build();

    /** @param byIssuer the providers by their {@code iss} */
    LogoutIssuers(Map<String, LogoutIssuer> byIssuer, Time time) {
        this.byIssuer = Map.copyOf(byIssuer);
        this.clock = time.clock();
    }

    /**
     * Verifies a logout token (section 2.6). Fails with {@link InvalidRequestException} if it is invalid, and with {@link
     * StoreUnavailableException} if the keys to verify it are unavailable.
     */
    public Uni<LogoutToken> verify(String token) {
        JwtContext parsed = parse(token);
        LogoutIssuer issuer = issuerOf(parsed);
        return issuer.keys()
                .current()
                .chain(keys -> verify(parsed, issuer, keys))
                .invoke(this::refuseRepeated);
    }

    private static JwtContext parse(String token) {
        // Three parts: signed, and not encrypted.
        if (token.chars().filter(c -> c == '.').count() != 2) {
            throw invalid("must be a signed JSON Web Token");
        }
        try {
            return UNVERIFIED.process(token);
        } catch (InvalidJwtException malformed) {
            throw invalid("must be a signed JSON Web Token");
        }
    }

    private LogoutIssuer issuerOf(JwtContext parsed) {
        try {
            String iss = parsed.getJwtClaims().getIssuer();
            LogoutIssuer issuer = iss == null ? null : byIssuer.get(iss);
            if (issuer != null) {
                return issuer;
            }
        } catch (MalformedClaimException notText) {
            // As an unknown issuer.
        }
        throw invalid("has an issuer that is not configured");
    }

    private Uni<LogoutToken> verify(JwtContext parsed, LogoutIssuer issuer, List<JsonWebKey> keys) {
        long now = now();
        return issuer.verify(parsed, keys, now)
                .map(verified -> Uni.createFrom().item(verified))
                .orElseGet(() -> issuer.keys().newerThan(keys).map(newer -> issuer.verify(parsed, newer, now)
                        .orElseThrow(() -> invalid("is signed with a key that the provider does not publish"))));
    }

    private void refuseRepeated(LogoutToken token) {
        Long until = accepted.getIfPresent(new Use(token.provider(), token.jti()));
        if (until != null && now() <= until) {
            throw invalid("was used before");
        }
    }

    /** Reports that the logout is done. */
    public void accepted(LogoutToken token) {
        accepted.put(new Use(token.provider(), token.jti()), token.expiresAt() + LogoutIssuer.CLOCK_SKEW_SECONDS);
    }

    static InvalidRequestException invalid(String problem) {
        return new InvalidRequestException(PARAMETER, problem);
    }

    private long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }
}
