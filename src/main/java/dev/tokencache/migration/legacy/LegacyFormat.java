package dev.tokencache.migration.legacy;

import dev.tokencache.token.Token;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** The format of other programs' records. Pure. */
interface LegacyFormat {

    Request read(byte[] key);

    /** Decodes the reply to that command, whatever it contains. */
    LegacyContents contents(@Nullable Response reply);

    /** What {@link #contents} returns for a token that was written here. */
    LegacyContents asWritten(Token token);

    /** The command that creates a record if the key does not exist. Its reply is nil or 0 if the key exists. */
    Request create(byte[] key, Token token, long ttlMillis);

    static LegacyFormat of(LegacyConfig config) {
        return switch (config.format()) {
            case JSON ->
                new JsonFormat(
                        config.subject().orElse("/sub"), config.issuedAt().orElse(null));
            case HASH ->
                new HashFormat(config.subject().orElse("sub"), config.issuedAt().orElse(null));
            case STRING -> new StringFormat();
            case TOKEN_CACHE ->
                throw new IllegalArgumentException("format token-cache has no records of other programs");
        };
    }
}
