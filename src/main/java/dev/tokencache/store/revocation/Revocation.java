package dev.tokencache.store.revocation;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;

/** That what was known of a token, or of all tokens of a subject, may be true no longer. Holds no token and no subject. */
public sealed interface Revocation {

    /** A token was expired or renewed. */
    record OfToken(TokenHash token) implements Revocation {}

    /** A subject's mark was set. */
    record OfSubject(RoutingTag subject) implements Revocation {}
}
