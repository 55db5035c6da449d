package dev.tokencache.migration.legacy;

import dev.tokencache.migration.Refusal;
import dev.tokencache.token.Token;
import dev.tokencache.token.Utf8;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** The format of a record that is a string: the subject alone, unless a subclass says otherwise. */
class StringFormat implements LegacyFormat {

    @Override
    public final Request read(byte[] key) {
        return Request.cmd(Command.GET).arg(key);
    }

    @Override
    public final LegacyContents contents(@Nullable Response reply) {
        return reply == null ? LegacyContents.NOTHING : contents(reply.toBytes());
    }

    LegacyContents contents(byte[] value) {
        return Utf8.decode(value)
                .map(sub -> LegacyRecord.of(sub, JsonObject.empty(), null))
                .orElseGet(() -> LegacyContents.refused(Refusal.NOT_UTF8));
    }

    byte[] value(Token token) {
        return Utf8.encode(token.sub());
    }

    @Override
    public final LegacyContents asWritten(Token token) {
        return contents(value(token));
    }

    @Override
    public final Request create(byte[] key, Token token, long ttlMillis) {
        return Request.cmd(Command.SET)
                .arg(key)
                .arg(value(token))
                .arg("PX")
                .arg(ttlMillis)
                .arg("NX");
    }
}
