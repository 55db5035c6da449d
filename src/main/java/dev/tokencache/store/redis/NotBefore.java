package dev.tokencache.store.redis;

import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.Token;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A subject's not-before time as stored: decimal milliseconds since the epoch, with a MAC if records are sealed.
 *
 * @param isOutdated whether to store it again, because it has no MAC of the active key
 */
record NotBefore(long millis, boolean isOutdated) {

    private static final NotBefore UNSET = new NotBefore(Token.NOT_BEFORE_UNSET, false);

    /** Throws {@link IllegalArgumentException} if the value is malformed or does not verify. */
    static NotBefore of(@Nullable Response value, byte[] key, Seal seal) {
        if (value == null) {
            return UNSET;
        }
        Seal.Verified verified = seal.verify(value.toString(), Place.ofNotBefore(key));
        return new NotBefore(Long.parseLong(verified.text()), verified.isOutdated());
    }

    static byte[] bytes(long millis, byte[] key, Seal seal) {
        return seal.authenticate(Long.toString(millis), Place.ofNotBefore(key)).getBytes(StandardCharsets.US_ASCII);
    }
}
