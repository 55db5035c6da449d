package dev.tokencache.migration;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;

/** An expiry or a not-before time of the old store, which the cluster needs too. */
public sealed interface LegacyExpiry {

    /** The expiry of one token, and until when it must be remembered; both in milliseconds since the epoch. */
    record OfToken(TokenLocator token, long atMillis, long untilMillis) implements LegacyExpiry {}

    /** The not-before time of a subject, in milliseconds since the epoch. */
    record OfSubject(RoutingTag subject, long notBeforeMillis) implements LegacyExpiry {}
}
