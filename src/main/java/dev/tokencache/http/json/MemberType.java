package dev.tokencache.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokencache.token.Audience;
import dev.tokencache.token.Claims;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.InvalidRequestException.Violation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The type of a member of a request document. There is no coercion: 1 is not a string, and 1.0 is not a whole number. */
public enum MemberType {
    TEXT((json, field, violations) -> json.hasToken(JsonToken.VALUE_STRING)
            ? json.getText()
            : refuse(json, field, "must be a string", violations)),
    /** A {@link Long}. */
    WHOLE_NUMBER((json, field, violations) ->
            json.hasToken(JsonToken.VALUE_NUMBER_INT) && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                    ? json.getLongValue()
                    : refuse(json, field, "must be a whole number", violations)),
    /** A {@link Boolean}. */
    TRUTH((json, field, violations) -> json.currentToken().isBoolean()
            ? json.getBooleanValue()
            : refuse(json, field, "must be true or false", violations)),
    /** A list of strings. */
    TEXTS((json, field, violations) -> json.hasToken(JsonToken.START_ARRAY)
            ? readTexts(json, field, violations)
            : refuse(json, field, "must be an array of strings", violations)),
    /** A string or an array of strings, as {@link Audience}. */
    AUDIENCE(MemberType::readAudience),
    /** A JSON object as {@link Claims}. */
    CLAIMS(MemberType::readClaims);

    @FunctionalInterface
    interface Reader {
        /**
         * Reads the current value of the parser to its end.
         *
         * @return the value, or null after adding a violation
         */
        @Nullable
        Object read(JsonParser json, String field, List<Violation> violations) throws IOException;
    }

    final Reader reader;

    MemberType(Reader reader) {
        this.reader = reader;
    }

    private static @Nullable Object readAudience(JsonParser json, String field, List<Violation> violations)
            throws IOException {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            return Audience.of(json.getText());
        }
        return json.hasToken(JsonToken.START_ARRAY)
                ? Audience.of(readTexts(json, field, violations))
                : refuse(json, field, "must be a string or an array of strings", violations);
    }

    private static @Nullable Object readClaims(JsonParser json, String field, List<Violation> violations)
            throws IOException {
        if (!json.hasToken(JsonToken.START_OBJECT)) {
            return refuse(json, field, "must be a JSON object", violations);
        }
        byte[] minified;
        try {
            minified = Json.minify(json);
        } catch (CharacterCodingException unpaired) {
            throw new InvalidRequestException(field, "must have no unpaired surrogates");
        }
        if (minified.length > Claims.MAX_BYTES) {
            throw new ContentTooLargeException(
                    "claims must have at most " + Claims.MAX_BYTES + " bytes as minified UTF-8 JSON");
        }
        return Claims.ofJson(minified);
    }

    private static List<String> readTexts(JsonParser json, String field, List<Violation> violations)
            throws IOException {
        List<String> texts = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.hasToken(JsonToken.VALUE_STRING)) {
                texts.add(json.getText());
            } else {
                refuse(json, field + "[" + texts.size() + "]", "must be a string", violations);
                // Keeps the indexes of the following elements.
                texts.add("");
            }
        }
        return texts;
    }

    private static @Nullable Object refuse(JsonParser json, String field, String message, List<Violation> violations)
            throws IOException {
        violations.add(
                new Violation(field, json.hasToken(JsonToken.VALUE_NULL) ? "must be left out or not null" : message));
        json.skipChildren();
        return null;
    }
}
