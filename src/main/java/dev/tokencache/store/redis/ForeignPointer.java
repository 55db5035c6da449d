package dev.tokencache.store.redis;

import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A pointer as in Redis, or the expiry of a token without an owner. See {@link Scripts#RESERVE_POINTER}. If records are sealed,
 * a dot and the MAC of the tag and the nonce follow. An expiry has none: anyone who could forge it could also delete the pointer.
 */
public record ForeignPointer(String text) {

    private static final char EXPIRY = 'x';

    /** @throws IllegalArgumentException if the text is malformed */
    public ForeignPointer {
        if (text.length() < 2 || (text.charAt(0) != EXPIRY && text.length() <= RoutingTag.TEXT_LENGTH)) {
            throw new IllegalArgumentException("malformed pointer of a foreign token");
        }
    }

    /** Verifies a pointer. Throws {@link IllegalArgumentException} if it is malformed or does not verify. */
    public static ForeignPointer of(String text, byte[] key, Seal seal) {
        ForeignPointer pointer = new ForeignPointer(text);
        if (text.charAt(0) != EXPIRY) {
            seal.verify(text.substring(1), Place.ofPointer(key));
        }
        return pointer;
    }

    boolean isCommitted() {
        return text.charAt(0) == 'c';
    }

    /** When the token was expired, in milliseconds since the epoch, if it had no owner then. */
    public OptionalLong expiredAtMillis() {
        return text.charAt(0) == EXPIRY ? OptionalLong.of(Long.parseLong(text.substring(1))) : OptionalLong.empty();
    }

    /** The owner, or the subject that reserved the token. */
    public Optional<RoutingTag> subject() {
        return text.charAt(0) == EXPIRY
                ? Optional.empty()
                : Optional.of(new RoutingTag(text.substring(1, 1 + RoutingTag.TEXT_LENGTH)));
    }

    public Optional<String> nonce() {
        return text.charAt(0) == EXPIRY
                ? Optional.empty()
                : Optional.of(text.substring(1 + RoutingTag.TEXT_LENGTH).split("\\.", 2)[0]);
    }
}
