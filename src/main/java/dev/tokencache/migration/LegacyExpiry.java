package dev.tokencache.migration;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;

/** What the old store keeps against tokens, and the cluster has to know as well. */
public sealed interface LegacyExpiry {

    /**
     * A token was expired.
     *
     * @param atMillis when, milliseconds since the epoch
     * @param untilMillis until when that has to be known, milliseconds since the epoch
     */
    record OfToken(TokenLocator token, long atMillis, long untilMillis) implements LegacyExpiry {}

    /**
     * A subject has a mark.
     *
     * @param notBeforeMillis what was issued up to then is inactive, milliseconds since the epoch
     */
    record OfSubject(RoutingTag subject, long notBeforeMillis) implements LegacyExpiry {}
}
