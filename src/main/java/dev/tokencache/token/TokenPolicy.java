package dev.tokencache.token;

import dev.tokencache.token.InvalidRequestException.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a request may ask for: the values of {@link TokenRules}, and lifetimes within the configured limits. Pure. */
final class TokenPolicy {

    /** Keeps every sum of times within the fields of a token string and a record. */
    private static final long MAX_MAX_TTL = Duration.ofDays(36_500).toSeconds();

    private static final int MAX_MAX_PER_SUBJECT = 1_000_000;

    private final long defaultTtl;
    private final long maxTtl;
    private final boolean acceptsForeign;

    /** @throws IllegalArgumentException naming the property, if a configured lifetime or limit is invalid */
    TokenPolicy(TokenConfig config) {
        this.defaultTtl = config.defaultTtl().toSeconds();
        this.maxTtl = config.maxTtl().toSeconds();
        this.acceptsForeign = config.foreign();
        if (defaultTtl < 1) {
            throw new IllegalArgumentException("tokencache.token.default-ttl must be at least 1 second");
        }
        if (maxTtl > MAX_MAX_TTL) {
            throw new IllegalArgumentException("tokencache.token.max-ttl must be at most 36500 days");
        }
        if (maxTtl < defaultTtl) {
            throw new IllegalArgumentException(
                    "tokencache.token.max-ttl must be at least tokencache.token.default-ttl");
        }
        if (config.maxPerSubject() < 1 || config.maxPerSubject() > MAX_MAX_PER_SUBJECT) {
            throw new IllegalArgumentException(
                    "tokencache.token.max-per-subject must be from 1 to " + MAX_MAX_PER_SUBJECT);
        }
    }

    /** The lifetimes of a token in seconds from its issue: to {@code exp}, and to the maximum expiry. */
    record Lifetimes(long lifetime, long maxLifetime, long idleTimeout) {}

    /** Validates a request and returns its lifetimes. Throws {@link InvalidRequestException} with every violation. */
    Lifetimes check(TokenRequest request) {
        List<Violation> violations = new ArrayList<>();
        add("sub", TokenRules.violationOfSubject(request.sub()), violations);
        add("scope", TokenRules.violationOfScope(request.scope()), violations);
        add("aud", TokenRules.violationOfAudience(request.aud()), violations);
        if (request.token() != null) {
            add("token", violationOfToken(request.token()), violations);
        }
        Lifetimes lifetimes = lifetimes(request, violations);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
        return lifetimes;
    }

    private @Nullable String violationOfToken(TokenString token) {
        if (!acceptsForeign) {
            return "must be left out: this service accepts no tokens of other systems";
        }
        return token.isForeign()
                ? null
                : "must be 16 to 512 printable ASCII characters without blanks, not starting with "
                        + TokenString.PREFIX;
    }

    /** @throws InvalidRequestException if the lifetime is out of range */
    void checkRenewal(OptionalLong expiresIn) {
        List<Violation> violations = new ArrayList<>();
        checkRange("expires_in", expiresIn, violations);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
    }

    /** @throws InvalidRequestException if the subject is invalid */
    void checkSubject(String sub) {
        String violation = TokenRules.violationOfSubject(sub);
        if (violation != null) {
            throw new InvalidRequestException("sub", violation);
        }
    }

    private Lifetimes lifetimes(TokenRequest request, List<Violation> violations) {
        checkRange("expires_in", request.expiresIn(), violations);
        checkRange("max_lifetime", request.maxLifetime(), violations);
        checkRange("idle_timeout", request.idleTimeout(), violations);
        long lifetime = request.expiresIn()
                .orElse(Math.min(defaultTtl, request.maxLifetime().orElse(defaultTtl)));
        long maxLifetime = request.maxLifetime().orElse(lifetime);
        if (maxLifetime < lifetime) {
            violations.add(new Violation("max_lifetime", "must be at least expires_in"));
        }
        return new Lifetimes(lifetime, maxLifetime, request.idleTimeout().orElse(0));
    }

    private void checkRange(String field, OptionalLong value, List<Violation> violations) {
        if (value.isPresent() && (value.getAsLong() < 1 || value.getAsLong() > maxTtl)) {
            violations.add(new Violation(field, "must be from 1 to " + maxTtl + " seconds"));
        }
    }

    private static void add(String field, @Nullable String violation, List<Violation> violations) {
        if (violation != null) {
            violations.add(new Violation(field, violation));
        }
    }
}
