package dev.tokencache.migration.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record that is a hash: one field is the subject, the others are claims with text values. A claim of
 * another type is written as its JSON.
 */
final class HashFormat implements LegacyFormat {

    private static final JsonFactory JSON = new JsonFactory();

    /** HSET alone could change an existing hash, or leave one without a TTL. */
    private static final String CREATE = """
            if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
            for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
            redis.call('PEXPIRE', KEYS[1], ARGV[1])
            return 1
            """;

    private final String subject;
    private final @Nullable String issuedAt;

    HashFormat(String subject, @Nullable String issuedAt) {
        this.subject = subject;
        this.issuedAt = issuedAt;
    }

    @Override
    public Request read(byte[] key) {
        return Request.cmd(Command.HGETALL).arg(key);
    }

    @Override
    public Optional<LegacyRecord> contents(@Nullable Response reply) {
        Map<String, String> fields = new TreeMap<>();
        for (int i = 0; reply != null && i + 1 < reply.size(); i += 2) {
            fields.put(
                    reply.get(i).toString(StandardCharsets.UTF_8),
                    reply.get(i + 1).toString(StandardCharsets.UTF_8));
        }
        return contents(fields);
    }

    Optional<LegacyRecord> contents(Map<String, String> fields) {
        Map<String, String> rest = new TreeMap<>(fields);
        String sub = rest.remove(subject);
        String issue = issuedAt == null ? null : rest.remove(issuedAt);
        return sub == null || sub.isEmpty() ? Optional.empty() : Optional.of(LegacyRecord.of(sub, json(rest), issue));
    }

    private static byte[] json(Map<String, String> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            for (Map.Entry<String, String> field : fields.entrySet()) {
                out.writeStringField(field.getKey(), field.getValue());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public boolean isString() {
        return false;
    }

    @Override
    public Optional<LegacyRecord> asWritten(Token token) {
        return contents(fields(token));
    }

    Map<String, String> fields(Token token) {
        Map<String, String> fields = new LinkedHashMap<>();
        Claims claims = token.claims();
        if (claims != null) {
            read(claims, fields);
        }
        fields.put(subject, token.sub());
        if (issuedAt != null) {
            fields.put(issuedAt, Long.toString(token.issuedAt()));
        }
        return fields;
    }

    private static void read(Claims claims, Map<String, String> fields) {
        try (JsonParser in = JSON.createParser(claims.json())) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                fields.put(name, in.nextToken() == JsonToken.VALUE_STRING ? in.getText() : toText(in));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("claims are not a JSON object");
        }
    }

    private static String toText(JsonParser in) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.copyCurrentStructure(in);
        }
        return text.toString();
    }

    @Override
    public Request create(byte[] key, Token token, long ttlMillis) {
        Request request = Request.cmd(Command.EVAL).arg(CREATE).arg(1).arg(key).arg(ttlMillis);
        fields(token).forEach((field, value) -> request.arg(field.getBytes(StandardCharsets.UTF_8))
                .arg(value.getBytes(StandardCharsets.UTF_8)));
        return request;
    }
}
