package dev.tokencache.migration.legacy;

import dev.tokencache.token.Token;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How other programs spell a record. Pure. */
interface LegacyFormat {

    /** The command that reads a key. */
    Request read(byte[] key);

    /**
     * What that command's answer says, or empty if there is no record, or one without a subject: that is no token.
     *
     * @throws IllegalArgumentException if it is not of this format
     */
    Optional<LegacyRecord> contents(@Nullable Response answer);

    /** What {@link #contents} would say of a token that was written here. */
    Optional<LegacyRecord> asWritten(Token token);

    /** The command that writes a record if the key does not exist; answers nil or 0 if it does. */
    Request create(byte[] key, Token token, long ttlMillis);

    /** Whether a record is a string of Redis, so that many can be read at once. */
    boolean isString();

    /** The format that is configured. */
    static LegacyFormat of(LegacyConfig config) {
        return switch (config.format()) {
            case JSON ->
                new JsonFormat(
                        config.subject().orElse("/sub"), config.issuedAt().orElse(null));
            case HASH ->
                new HashFormat(config.subject().orElse("sub"), config.issuedAt().orElse(null));
            case STRING -> new StringFormat();
            case TOKEN_CACHE ->
                throw new IllegalArgumentException("tokens of our own are not toText by other programs");
        };
    }
}
