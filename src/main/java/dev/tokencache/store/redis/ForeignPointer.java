package dev.tokencache.store.redis;

import dev.tokencache.token.RoutingTag;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A pointer as it was read.
 *
 * @param text the state, the routing tag and a nonce, or when a token was expired of which nobody knew whose it was; see {@link
 *     Scripts#CLAIM_POINTER}
 */
public record ForeignPointer(String text) {

    private static final int TAG_LENGTH = 16;
    private static final char EXPIRY = 'x';

    /** @throws IllegalArgumentException if that is no pointer */
    public ForeignPointer {
        if (text.length() < 2 || (text.charAt(0) != EXPIRY && text.length() <= TAG_LENGTH)) {
            throw new IllegalArgumentException("not the pointer of a foreign token");
        }
    }

    /** Whether the token's creation was finished. */
    boolean isCommitted() {
        return text.charAt(0) == 'c';
    }

    /** When the token was expired, in milliseconds, if nobody knew then whose it was. */
    public OptionalLong expiredAtMillis() {
        return text.charAt(0) == EXPIRY ? OptionalLong.of(Long.parseLong(text.substring(1))) : OptionalLong.empty();
    }

    /** Whose it is, or is to become. */
    public Optional<RoutingTag> subject() {
        return text.charAt(0) == EXPIRY
                ? Optional.empty()
                : Optional.of(new RoutingTag(text.substring(1, 1 + TAG_LENGTH)));
    }

    /** What tells its creation. */
    public Optional<String> nonce() {
        return text.charAt(0) == EXPIRY ? Optional.empty() : Optional.of(text.substring(1 + TAG_LENGTH));
    }
}
