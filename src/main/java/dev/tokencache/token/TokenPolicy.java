package dev.tokencache.token;

import dev.tokencache.token.InvalidRequestException.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The limits on subjects, scopes, audiences and lifetimes. Pure. */
final class TokenPolicy {

    /** The maximum subject, in UTF-8 bytes: percent-encoding can triple it, and it must still fit into a header. */
    static final int MAX_SUBJECT_BYTES = 1024;

    /** Keeps every sum of times within the fields of a token string and a record. */
    private static final long MAX_MAX_TTL = Duration.ofDays(36_500).toSeconds();

    private static final int MAX_SCOPE_LENGTH = 1024;
    private static final int MAX_AUDIENCES = 32;
    private static final int MAX_AUDIENCE_LENGTH = 256;

    private final long defaultTtl;
    private final long maxTtl;

    /** @throws IllegalArgumentException naming the property, if a configured lifetime is invalid */
    TokenPolicy(TokenConfig config) {
        this.defaultTtl = config.defaultTtl().toSeconds();
        this.maxTtl = config.maxTtl().toSeconds();
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
    }

    /**
     * The lifetimes of a token, in seconds.
     *
     * @param lifetime from its issue to {@code exp}
     * @param maxLifetime from its issue to the maximum expiry
     * @param idleTimeout 0 for none
     */
    record Lifetimes(long lifetime, long maxLifetime, long idleTimeout) {}

    /**
     * Validates a request and returns its lifetimes.
     *
     * @throws InvalidRequestException with every violation
     */
    Lifetimes check(TokenRequest request) {
        List<Violation> violations = new ArrayList<>();
        checkSubject(request.sub(), violations);
        checkScope(request, violations);
        checkAudience(request, violations);
        if (request.token() != null && !request.token().isForeign()) {
            violations.add(new Violation(
                    "token",
                    "must be 16 to 512 printable ASCII characters without blanks, not starting with "
                            + TokenString.PREFIX));
        }
        Lifetimes lifetimes = lifetimes(request, violations);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
        return lifetimes;
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
        List<Violation> violations = new ArrayList<>();
        checkSubject(sub, violations);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
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

    private static void checkSubject(String sub, List<Violation> violations) {
        if (sub.isEmpty() || sub.getBytes(StandardCharsets.UTF_8).length > MAX_SUBJECT_BYTES) {
            violations.add(new Violation("sub", "must have from 1 to " + MAX_SUBJECT_BYTES + " bytes of UTF-8"));
        } else if (!isClean(sub)) {
            violations.add(new Violation("sub", "must hold no control characters and no unpaired surrogates"));
        }
    }

    /** RFC 6749 section 3.3: words of printable ASCII without quote and backslash, separated by single spaces. */
    private static void checkScope(TokenRequest request, List<Violation> violations) {
        String scope = request.scope();
        if (scope == null) {
            return;
        }
        boolean wellFormed = !scope.isEmpty()
                && scope.length() <= MAX_SCOPE_LENGTH
                && !scope.startsWith(" ")
                && !scope.endsWith(" ")
                && !scope.contains("  ")
                && scope.chars().allMatch(c -> c >= 0x20 && c <= 0x7e && c != '"' && c != '\\');
        if (!wellFormed) {
            violations.add(new Violation(
                    "scope", "must be words of RFC 6749 section 3.3, one space apart, at most 1024 characters"));
        }
    }

    private static void checkAudience(TokenRequest request, List<Violation> violations) {
        Audience aud = request.aud();
        if (aud == null) {
            return;
        }
        boolean wellFormed = !aud.values().isEmpty()
                && aud.values().size() <= MAX_AUDIENCES
                && aud.values().stream()
                        .allMatch(value -> !value.isEmpty() && value.length() <= MAX_AUDIENCE_LENGTH && isClean(value));
        if (!wellFormed) {
            violations.add(new Violation(
                    "aud", "must be a string, or 1 to 32 of them, of 1 to 256 characters, none a control character"));
        }
    }

    /** Whether a text has neither control characters nor unpaired surrogates. */
    private static boolean isClean(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }
}
