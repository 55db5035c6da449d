package dev.tokencache.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strict reading and writing of JSON (RFC 8259), without data binding. Numbers keep their spelling. */
public final class Json {

    static final int MAX_DEPTH = Claims.MAX_DEPTH;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            // Callers choose the names, which must not fill a table that outlives the request.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private Json() {}

    /**
     * Creates a parser of a request, which refuses repeated names.
     *
     * @throws CharacterCodingException if the bytes are not UTF-8; the parser alone accepts some malformed UTF-8, and UTF-16
     */
    public static JsonParser parser(byte[] utf8) throws IOException {
        CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        return FACTORY.createParser(text.array(), text.arrayOffset(), text.remaining())
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    /** Creates a parser of claims. Accepts repeated names: what is stored must be readable. */
    public static JsonParser parser(Claims claims) throws IOException {
        return FACTORY.createParser(claims.toString());
    }

    /** Writes JSON. */
    @FunctionalInterface
    public interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Returns the document that {@code content} writes, as minified UTF-8. */
    public static byte[] write(Content content) {
        try {
            return bytes(content);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /**
     * Returns the current value of the parser as minified UTF-8.
     *
     * @throws CharacterCodingException if a string contains an unpaired surrogate
     */
    static byte[] minify(JsonParser value) throws IOException {
        return bytes(json -> copy(value, json));
    }

    private static byte[] bytes(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            content.writeTo(json);
        }
        return bytes.toByteArray();
    }

    /** Writes a JSON value that is already minified UTF-8, without parsing it. */
    public static void splice(byte[] value, JsonGenerator to) throws IOException {
        // Makes the generator expect a value, which is then written behind its back.
        to.writeRawValue("");
        to.flush();
        ((ByteArrayOutputStream) to.getOutputTarget()).write(value);
    }

    /**
     * Copies the current value of the parser. Numbers keep their spelling, and so all their digits.
     *
     * @throws CharacterCodingException if a string contains an unpaired surrogate
     */
    public static void copy(JsonParser from, JsonGenerator to) throws IOException {
        int depth = 0;
        JsonToken token = from.currentToken();
        while (token != null) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            copyToken(token, from, to);
            if (depth == 0 && token != JsonToken.FIELD_NAME) {
                return;
            }
            token = from.nextToken();
        }
    }

    private static void copyToken(JsonToken token, JsonParser from, JsonGenerator to) throws IOException {
        if (token == JsonToken.FIELD_NAME) {
            to.writeFieldName(wellFormed(from.currentName()));
        } else if (token == JsonToken.VALUE_STRING) {
            to.writeString(wellFormed(from.getText()));
        } else if (token.isNumeric()) {
            to.writeNumber(from.getText());
        } else {
            to.copyCurrentEvent(from);
        }
    }

    private static String wellFormed(String text) throws CharacterCodingException {
        if (!Utf8.isWellFormed(text)) {
            throw new CharacterCodingException();
        }
        return text;
    }
}
