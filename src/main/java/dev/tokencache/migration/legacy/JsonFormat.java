package dev.tokencache.migration.legacy;

import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record that is a JSON object: the subject is at a JSON pointer (RFC 6901), everything else is claims.
 */
final class JsonFormat implements LegacyFormat {

    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    private final JsonPointerField subject;
    private final @Nullable JsonPointerField issuedAt;

    /** @throws IllegalArgumentException naming the property, if a pointer is invalid */
    JsonFormat(String subject, @Nullable String issuedAt) {
        this.subject = JsonPointerField.of(subject, "tokencache.migration.legacy.subject");
        this.issuedAt =
                issuedAt == null ? null : JsonPointerField.of(issuedAt, "tokencache.migration.legacy.issued-at");
    }

    @Override
    public Request read(byte[] key) {
        return Request.cmd(Command.GET).arg(key);
    }

    @Override
    public Optional<LegacyRecord> contents(@Nullable Response reply) {
        return reply == null ? Optional.empty() : contents(reply.toBytes());
    }

    Optional<LegacyRecord> contents(byte[] json) {
        JsonPointerField.Extracted taken = subject.extract(json);
        String sub = taken.text();
        if (sub == null || sub.isEmpty()) {
            return Optional.empty();
        }
        if (issuedAt == null) {
            return Optional.of(LegacyRecord.of(sub, taken.rest(), null));
        }
        JsonPointerField.Extracted issue = issuedAt.extract(taken.rest());
        return Optional.of(LegacyRecord.of(sub, issue.rest(), issue.text()));
    }

    @Override
    public boolean isString() {
        return true;
    }

    @Override
    public Optional<LegacyRecord> asWritten(Token token) {
        return contents(json(token));
    }

    byte[] json(Token token) {
        Claims claims = token.claims();
        byte[] json = subject.put(claims == null ? EMPTY : claims.json(), out -> out.writeString(token.sub()));
        return issuedAt == null ? json : issuedAt.put(json, out -> out.writeNumber(token.issuedAt()));
    }

    @Override
    public Request create(byte[] key, Token token, long ttlMillis) {
        return Request.cmd(Command.SET)
                .arg(key)
                .arg(json(token))
                .arg("PX")
                .arg(ttlMillis)
                .arg("NX");
    }
}
