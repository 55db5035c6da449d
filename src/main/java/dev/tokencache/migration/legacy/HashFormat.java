package dev.tokencache.migration.legacy;

import dev.tokencache.migration.Refusal;
import dev.tokencache.store.redis.Script;
import dev.tokencache.token.Token;
import dev.tokencache.token.Utf8;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record that is a hash: one field is the subject, the others are claims with text values. A claim of
 * another type is written as its JSON. A field that is not UTF-8 is no claim.
 */
record HashFormat(String subject, @Nullable String issuedAt) implements LegacyFormat {

    /** HSET alone could change an existing hash, or leave one without a TTL. */
    private static final String CREATE = Script.source("legacy/create-hash");

    @Override
    public Request read(byte[] key) {
        return Request.cmd(Command.HGETALL).arg(key);
    }

    @Override
    public LegacyContents contents(@Nullable Response reply) {
        Map<String, String> fields = new TreeMap<>();
        byte[] name = subject.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; reply != null && i + 1 < reply.size(); i += 2) {
            byte[] field = reply.get(i).toBytes();
            Optional<String> value = Utf8.decode(reply.get(i + 1).toBytes());
            if (value.isEmpty() && Arrays.equals(field, name)) {
                return LegacyContents.refused(Refusal.NOT_UTF8);
            }
            Utf8.decode(field).ifPresent(text -> value.ifPresent(claim -> fields.put(text, claim)));
        }
        return reply == null || reply.size() == 0 ? LegacyContents.NOTHING : contents(fields);
    }

    LegacyContents contents(Map<String, String> fields) {
        Map<String, String> rest = new TreeMap<>(fields);
        String sub = rest.remove(subject);
        String issue = issuedAt == null ? null : rest.remove(issuedAt);
        return LegacyRecord.of(sub, JsonObject.of(rest), issue);
    }

    @Override
    public LegacyContents asWritten(Token token) {
        return contents(fields(token));
    }

    Map<String, String> fields(Token token) {
        Map<String, String> fields = JsonObject.of(token.claims()).texts();
        fields.put(subject, token.sub());
        if (issuedAt != null) {
            fields.put(issuedAt, Long.toString(token.issuedAt()));
        }
        return fields;
    }

    @Override
    public Request create(byte[] key, Token token, long ttlMillis) {
        Request request = Request.cmd(Command.EVAL).arg(CREATE).arg(1).arg(key).arg(ttlMillis);
        fields(token).forEach((field, value) -> request.arg(Utf8.encode(field)).arg(Utf8.encode(value)));
        return request;
    }
}
