package dev.tokencache.migration;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;

/** An expiry or a not-before time of the old store, which the cluster needs too. */
public sealed interface LegacyExpiry {

    /**
     * The expiry of one token.
     *
     * @param atMillis when it was expired, milliseconds since the epoch
     * @param untilMillis until when the expiry must be remembered, milliseconds since the epoch
     */
    record OfToken(TokenLocator token, long atMillis, long untilMillis) implements LegacyExpiry {}

    /**
     * The not-before time of a subject.
     *
     * @param notBeforeMillis tokens issued up to then are inactive, milliseconds since the epoch
     */
    record OfSubject(RoutingTag subject, long notBeforeMillis) implements LegacyExpiry {}
}
