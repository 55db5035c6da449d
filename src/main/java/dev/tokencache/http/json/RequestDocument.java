package dev.tokencache.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.InvalidRequestException.Violation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object of a request body. Unknown, repeated and mistyped members are refused, as is anything after the object.
 *
 * <p>Violations contain the name of a member but never its value, which could be a token.
 */
public final class RequestDocument {

    private static final String BODY = "body";

    /** Unknown names that a violation may repeat. Others could be a token in the wrong place. */
    private static final Pattern REPEATABLE_NAME = Pattern.compile("(?!tc1_)[A-Za-z0-9_.$-]{1,40}");

    private final Map<String, MemberType> types;
    private final Map<String, Object> values = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private RequestDocument(Map<String, MemberType> types) {
        this.types = types;
    }

    /**
     * Reads a body.
     *
     * @param types the permitted members
     * @throws InvalidRequestException with all violations, as far as the document can be read
     * @throws ContentTooLargeException if the claims are too large
     */
    public static RequestDocument read(byte[] body, Map<String, MemberType> types) {
        RequestDocument document = new RequestDocument(types);
        try (JsonParser json = Json.parser(body)) {
            document.readDocument(json);
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException(BODY, "must be UTF-8 without unpaired surrogates");
        } catch (StreamConstraintsException e) {
            throw new InvalidRequestException(
                    BODY, "has a number or name that is too long, or more than " + Json.MAX_DEPTH + " levels");
        } catch (IOException malformed) {
            // The message of the exception would quote the body.
            throw new InvalidRequestException(BODY, "must be one JSON object, without repeated names");
        }
        document.throwIfViolated();
        return document;
    }

    private void readDocument(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidRequestException(BODY, "must be a JSON object");
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            readMember(json, json.currentName());
        }
        if (json.nextToken() != null) {
            throw new InvalidRequestException(BODY, "must be a JSON object and nothing after it");
        }
    }

    private void readMember(JsonParser json, String name) throws IOException {
        json.nextToken();
        MemberType type = types.get(name);
        if (type == null) {
            violations.add(
                    new Violation(REPEATABLE_NAME.matcher(name).matches() ? name : BODY, "is not a known member"));
            json.skipChildren();
            return;
        }
        Object value = type.reader.read(json, name, violations);
        if (value != null) {
            values.put(name, value);
        }
    }

    private void throwIfViolated() {
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value of a required member. */
    public <T> T required(String name, Class<T> type) {
        T value = optional(name, type);
        if (value == null) {
            throw new InvalidRequestException(name, "is required");
        }
        return value;
    }

    /** The value of a {@link MemberType#WHOLE_NUMBER}, if it is present. */
    public OptionalLong number(String name) {
        Long value = optional(name, Long.class);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** As {@link #number(String)}. Throws {@link InvalidRequestException} if it is out of range. */
    public OptionalLong number(String name, long min, long max) {
        OptionalLong value = number(name);
        if (value.orElse(min) < min || value.orElse(min) > max) {
            throw new InvalidRequestException(name, "must be from " + min + " to " + max);
        }
        return value;
    }

    /** The value of a member, or null if it is absent. */
    public <T> @Nullable T optional(String name, Class<T> type) {
        return type.cast(values.get(name));
    }
}
