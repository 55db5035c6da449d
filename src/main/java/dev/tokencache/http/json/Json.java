package dev.tokencache.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How this service reads and writes JSON (RFC 8259): strictly, without binding, numbers as they are spelled. */
public final class Json {

    /** Far deeper than any claims that make sense. */
    static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from callers: they must not fill a table that outlives the request.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private Json() {}

    /**
     * A parser of a document.
     *
     * @throws CharacterCodingException if the bytes are no UTF-8; the parser alone would let some such bytes pass, and
     *     take UTF-16 for JSON as well
     */
    public static JsonParser parser(byte[] utf8) throws IOException {
        CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        return FACTORY.createParser(text.array(), text.arrayOffset(), text.remaining());
    }

    /** Something that writes JSON. */
    @FunctionalInterface
    public interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** The minified UTF-8 document that {@code content} writes; it reads nothing. */
    public static byte[] write(Content content) {
        try {
            return bytes(content);
        } catch (IOException e) {
            throw new UncheckedIOException("what is written here never leaves the memory", e);
        }
    }

    /**
     * The value that the parser is at, as minified UTF-8.
     *
     * @throws CharacterCodingException if a text holds half of a surrogate pair
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

    /** Writes a JSON value that is already minified UTF-8, without looking into it. */
    public static void splice(byte[] value, JsonGenerator to) throws IOException {
        // Tells the generator that a value follows, which then goes past it.
        to.writeRawValue("");
        to.flush();
        ((ByteArrayOutputStream) to.getOutputTarget()).write(value);
    }

    /**
     * Copies the value that the parser is at, whatever it is. A number keeps its spelling, and with it all its digits.
     *
     * @throws CharacterCodingException if a text holds half of a surrogate pair
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
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new CharacterCodingException();
        }
        return text;
    }
}
