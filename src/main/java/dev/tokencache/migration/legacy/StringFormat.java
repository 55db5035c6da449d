package dev.tokencache.migration.legacy;

import dev.tokencache.migration.Refusal;
import dev.tokencache.token.Token;
import dev.tokencache.token.Utf8;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** The format of a record that is a string: the subject alone. */
final class StringFormat implements LegacyFormat {

    @Override
    public Request read(byte[] key) {
        return Request.cmd(Command.GET).arg(key);
    }

    @Override
    public LegacyContents contents(@Nullable Response reply) {
        return reply == null ? LegacyContents.NOTHING : contents(reply.toBytes());
    }

    LegacyContents contents(byte[] sub) {
        return Utf8.decode(sub)
                .map(text -> LegacyRecord.of(text, JsonObject.empty(), null))
                .orElseGet(() -> LegacyContents.refused(Refusal.NOT_UTF8));
    }

    @Override
    public boolean isString() {
        return true;
    }

    @Override
    public LegacyContents asWritten(Token token) {
        return contents(Utf8.encode(token.sub()));
    }

    @Override
    public Request create(byte[] key, Token token, long ttlMillis) {
        return create(key, Utf8.encode(token.sub()), ttlMillis);
    }

    /** The command that creates a string if the key does not exist. */
    static Request create(byte[] key, byte[] value, long ttlMillis) {
        return Request.cmd(Command.SET)
                .arg(key)
                .arg(value)
                .arg("PX")
                .arg(ttlMillis)
                .arg("NX");
    }
}
