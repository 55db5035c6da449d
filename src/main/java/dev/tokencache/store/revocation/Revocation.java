package dev.tokencache.store.revocation;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;

/** Cached verdicts for a token, or for all tokens of a subject, may be stale. Contains no token and no subject. */
public sealed interface Revocation {

    /** A token was expired or renewed. */
    record OfToken(TokenHash token) implements Revocation {}

    /** A subject's not-before time was set. */
    record OfSubject(RoutingTag subject) implements Revocation {}
}
