package dev.tokencache.operator.backup;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the expiries in an audit log, in both of its formats and with anything around them. Pure. */
record AuditLines(long nowMillis, Duration maxTtl) {

    /** A result other than these changed nothing. One that is unknown may have expired the token. */
    private static final Pattern EXPIRY = Pattern.compile("\\baction\\W{1,5}(?:expire|evict|expire_subject)\\b"
            + ".*?\\b(jti|hash|subject)\\W{1,5}([A-Za-z0-9_-]+)"
            + ".*?\\bresult\\W{1,5}(?:done|under_replicated|journaled|unknown)\\b");

    /** The expiry of a line, as of now: a line does not say for which moment it was. Empty for any other line. */
    Optional<LegacyExpiry> expiry(String line) {
        Matcher found = EXPIRY.matcher(line);
        if (!found.find()) {
            return Optional.empty();
        }
        String value = found.group(2);
        return switch (found.group(1)) {
            case "jti" -> TokenId.parse(value).map(id -> ofToken(new TokenLocator.ById(id)));
            case "hash" ->
                value.length() == TokenHash.TEXT_LENGTH
                        ? Optional.of(ofToken(new TokenLocator.Foreign(TokenHash.ofText(value))))
                        : Optional.empty();
            default ->
                value.length() == RoutingTag.TEXT_LENGTH
                        ? Optional.of(new LegacyExpiry.OfSubject(new RoutingTag(value), nowMillis))
                        : Optional.empty();
        };
    }

    private LegacyExpiry ofToken(TokenLocator token) {
        return new LegacyExpiry.OfToken(token, nowMillis, nowMillis + maxTtl.toMillis());
    }
}
