package dev.tokencache.migration.legacy;

import dev.tokencache.token.Token;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The format of a record that is a string: the subject alone. */
final class StringFormat implements LegacyFormat {

    @Override
    public Request read(byte[] key) {
        return Request.cmd(Command.GET).arg(key);
    }

    @Override
    public Optional<LegacyRecord> contents(@Nullable Response reply) {
        return reply == null ? Optional.empty() : contents(reply.toString(StandardCharsets.UTF_8));
    }

    private static Optional<LegacyRecord> contents(String sub) {
        return sub.isEmpty() ? Optional.empty() : Optional.of(new LegacyRecord(sub, null, 0));
    }

    @Override
    public boolean isString() {
        return true;
    }

    @Override
    public Optional<LegacyRecord> asWritten(Token token) {
        return contents(token.sub());
    }

    @Override
    public Request create(byte[] key, Token token, long ttlMillis) {
        return Request.cmd(Command.SET)
                .arg(key)
                .arg(token.sub().getBytes(StandardCharsets.UTF_8))
                .arg("PX")
                .arg(ttlMillis)
                .arg("NX");
    }
}
